"""Mails through a real SMTP server: one message per event, however often it is tried."""

from collections.abc import Callable

import pytest

from purvey.domain.draft import Contact
from purvey.testing import Shop
from tests.servers.smtp import MailServer, Mode

Work = Callable[..., None]


@pytest.fixture
def shop(new_shop: Callable[..., Shop], mail_server: MailServer) -> Shop:
    return new_shop(
        smtp_host=mail_server.host,
        smtp_port=mail_server.port,
        smtp_security="none",
        retry_seconds=1.0,
    )


def test_an_order_is_confirmed_by_mail(shop: Shop, work: Work, mail_server: MailServer):
    shop.stock(1, "CUP", name="A cup")
    order = shop.order((1, "CUP"), customer=Contact(email="ann@example.com", name="Ann"))
    work()
    (mail,) = mail_server.mails
    assert mail.recipients == ("ann@example.com",)
    assert str(order.number) in str(mail.message["Subject"])


def test_a_mail_is_tried_again_and_sent_once(shop: Shop, work: Work, mail_server: MailServer):
    shop.stock(1, "CUP")
    shop.order((1, "CUP"))
    mail_server.mode = Mode.TRY_LATER
    work()
    assert not mail_server.mails
    mail_server.mode = Mode.ACCEPT
    work(minutes=1)
    work(minutes=1)
    assert len(mail_server.mails) == 1


def test_a_refused_address_is_noted_and_not_tried_for_ever(
    shop: Shop, work: Work, mail_server: MailServer
):
    shop.stock(1, "CUP")
    shop.order((1, "CUP"))
    mail_server.mode = Mode.REFUSE_RECIPIENT
    work()
    (row,) = shop.rows("select state from notice where shard = :shard")
    assert row.state == "bounced"
    assert not [message for message in shop.outbox() if message.effect.startswith("notify.")]


def test_who_left_no_address_is_told_nothing(shop: Shop, work: Work, mail_server: MailServer):
    shop.stock(1, "CUP")
    shop.order((1, "CUP"), customer=Contact(external_id="C-1"), channel="import")
    work()
    assert not mail_server.mails
    (row,) = shop.rows("select state from notice where shard = :shard")
    assert row.state == "nobody"
