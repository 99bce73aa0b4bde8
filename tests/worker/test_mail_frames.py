"""The shop's own frame stands around real mails, and no mail is lost to it."""

import sys
from collections.abc import Callable

import pytest

from purvey.adapters.messages import EVERY_LANGUAGE, FRAME, frame_to_begin_with
from purvey.domain.draft import Contact
from purvey.ports.notices import ShopText
from purvey.testing import Shop
from purvey.worker.run import Worker
from tests.servers.smtp import MailServer

OWN = frame_to_begin_with().replace(
    "{{ shop_name }}</mj-text>", "Mugs of {{ shop_name }}</mj-text>"
)
HERE = "<mj-text>[message]</mj-text>"
Told = Callable[..., tuple[str, str]]


@pytest.fixture
def told(new_shop: Callable[..., Shop], mail_server: MailServer) -> Told:
    """Of one order: the text and the HTML that its customer got."""

    def told(frame: str, *, confirmation: str = "") -> tuple[str, str]:
        server = mail_server
        shop = new_shop(smtp_host=server.host, smtp_port=server.port, smtp_security="none")
        texts = [_text(shop, FRAME, EVERY_LANGUAGE, frame)]
        if confirmation:
            texts.append(_text(shop, "confirmation", "en", confirmation))
        shop.house.database.run(shop.shard, lambda tx: tx.texts.add(texts))
        shop.stock(1, "CUP", name="A cup")
        shop.order((1, "CUP"), customer=Contact(email="ann@example.com", name="Ann"))
        worker = Worker(shop.house, only=[shop.shard])
        while worker.round():
            pass
        worker.close()
        (mail,) = server.mails
        parts = {part.get_content_type(): part for part in mail.message.walk()}
        return parts["text/plain"].get_content(), parts["text/html"].get_content()

    return told


def _text(shop: Shop, message: str, language: str, body: str) -> ShopText:
    return ShopText(
        message=message,
        language=language,
        version=1,
        subject="Hooray",
        title="Hooray",
        body=body,
        actor="Ann",
        at=shop.clock(),
    )


def test_a_mail_has_the_shops_own_frame(told: Told):
    text, html = told(OWN, confirmation="We pack it.\n\n[order]")
    assert "Mugs of" not in text
    for word in ("Mugs of", "We pack it.", "A cup"):
        assert word in html


def test_a_frame_that_fails_on_an_order_is_left_out(told: Told):
    for_others = "{% if customer_name != 'Ann' %}" + HERE + "{% endif %}"
    _, html = told(OWN.replace(HERE, for_others), confirmation="We pack it.")
    assert "Mugs of" not in html
    assert "We pack it." in html  # the shop's own words stay


def test_a_text_that_fails_within_a_frame_is_replaced_too(told: Told):
    text, html = told(OWN, confirmation="{{ tracking.number }}")
    assert "Thank you" in html
    assert "A cup" in text


def test_without_the_extra_mails_go_out_as_before(told: Told, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "mjml", None)
    _, html = told(OWN, confirmation="We pack it.")
    assert "Mugs of" not in html
    assert "We pack it." in html
