"""Mails through a real SMTP server: one message per event, however often it is tried."""

from collections.abc import Callable

import pytest

from purvey.domain.draft import Address, Contact, Shipping
from purvey.kit.process import Refusal
from purvey.operations.resend import Resend, resend
from purvey.ports.notices import ShopText
from purvey.testing import Clock, Shop
from purvey.worker.run import Worker
from tests.servers.smtp import MailServer, Mode

Work = Callable[..., None]


def _with_mail(new_shop: Callable[..., Shop], mail_server: MailServer, **settings: object) -> Shop:
    return new_shop(
        smtp_host=mail_server.host, smtp_port=mail_server.port, smtp_security="none", **settings
    )


def _do_all(shop: Shop) -> None:
    worker = Worker(shop.house, only=[shop.shard])
    while worker.round():
        pass
    worker.close()


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


def test_a_bounce_is_noted_on_the_customer_until_a_mail_arrives(
    shop: Shop, work: Work, mail_server: MailServer
):
    shop.stock(3, "CUP")
    mail_server.mode = Mode.REFUSE_RECIPIENT
    shop.order((1, "CUP"), customer=Contact(email="ann@example.com"))
    work()
    (row,) = shop.rows("select customer_id, reason from bounce where shard = :shard")
    assert "550" in row.reason
    mail_server.mode = Mode.ACCEPT
    shop.order((2, "CUP"), customer=Contact(email="ann@example.com"))
    work()
    assert not shop.rows("select customer_id from bounce where shard = :shard")


def test_the_mail_is_in_the_customers_language(shop: Shop, work: Work, mail_server: MailServer):
    shop.stock(1, "CUP")
    shop.order((1, "CUP"), customer=Contact(email="ann@example.com", language="de-AT"))
    work()
    (mail,) = mail_server.mails
    assert str(mail.message["Subject"]).startswith("Danke für Ihre Bestellung")
    assert mail.message["Content-Language"] == "de"
    assert mail.message["Auto-Submitted"] == "auto-generated"
    (row,) = shop.rows("select language, text_version, body from notice where shard = :shard")
    assert (row.language, row.text_version) == ("de", 0)
    assert "Guten Tag" in row.body


def test_a_country_has_its_language_and_the_shop_has_its_own(
    new_shop: Callable[..., Shop], clock: Clock, mail_server: MailServer
):
    shop = _with_mail(new_shop, mail_server, language="fr")
    shop.stock(2, "CUP")
    berlin = Address(
        name="Ann", line1="Am Markt 1", city="Berlin", postal_code="10115", country="DE"
    )
    shop.order((1, "CUP"), ship_to=berlin)
    shop.order((1, "CUP"))
    _do_all(shop)
    rows = shop.rows("select language from notice where shard = :shard order by key")
    assert [row.language for row in rows] == ["de", "en"]  # the usual address is in Britain
    oslo = Address(name="Ann", line1="Gata 1", city="Oslo", postal_code="0150", country="NO")
    shop.stock(1, "CUP")
    shop.order((1, "CUP"), ship_to=oslo)
    _do_all(shop)
    rows = shop.rows("select language from notice where shard = :shard order by key")
    assert [row.language for row in rows] == ["de", "en", "fr"]


def test_news_within_two_minutes_are_one_mail(
    new_shop: Callable[..., Shop], clock: Clock, mail_server: MailServer
):
    shop = _with_mail(new_shop, mail_server, message_wait_seconds=120)
    shop.stock(1, "CUP")
    order = shop.order((1, "CUP"), shipping=Shipping(method="pickup"))
    _do_all(shop)
    assert len(mail_server.mails) == 1  # the confirmation does not wait
    for trigger in ("pick", "pack", "hand_over"):
        for shipment in shop.look(order).shipments:
            shop.step(shipment, trigger)
        _do_all(shop)
    assert len(mail_server.mails) == 1
    clock.forward(minutes=2)
    _do_all(shop)
    _, collected = mail_server.mails
    assert "collected" in str(collected.message["Subject"])
    assert "ready" not in str(collected.message["Subject"])
    rows = shop.rows("select template, state from notice where shard = :shard order by at, key")
    assert {(row.template, row.state) for row in rows} == {
        ("confirmation", "sent"),
        ("ready_to_collect", "sent"),
        ("delivered", "joined"),
    }


def test_a_cancelled_order_is_not_told_that_it_waits(
    new_shop: Callable[..., Shop], clock: Clock, mail_server: MailServer
):
    shop = _with_mail(new_shop, mail_server, message_wait_seconds=120)
    shop.product("CUP", backorder_limit=5)
    order = shop.order((2, "CUP"))
    shop.decide(order, "cancel", reason="changed my mind")
    _do_all(shop)
    clock.forward(minutes=5)
    _do_all(shop)
    subjects = " ".join(str(mail.message["Subject"]) for mail in mail_server.mails)
    assert "cancelled" in subjects
    assert "waiting" not in subjects


def test_news_that_came_along_are_told_when_the_mail_server_is_back(
    new_shop: Callable[..., Shop], clock: Clock, mail_server: MailServer
):
    shop = _with_mail(new_shop, mail_server, message_wait_seconds=120, retry_seconds=1.0)
    shop.product("CUP", backorder_limit=5)
    mail_server.mode = Mode.TRY_LATER
    shop.order((2, "CUP"))
    _do_all(shop)
    assert not mail_server.mails
    mail_server.mode = Mode.ACCEPT
    clock.forward(minutes=1)
    _do_all(shop)
    (mail,) = mail_server.mails
    assert "Thank you" in str(mail.message["Subject"])
    assert "out of stock just now" in mail.message.get_body(("plain",)).get_content()


def test_at_night_only_what_is_urgent_goes_out(
    new_shop: Callable[..., Shop], clock: Clock, mail_server: MailServer
):
    here = clock().hour
    shop = _with_mail(new_shop, mail_server, quiet_hours=f"{here}-{(here + 2) % 24}")
    shop.stock(1, "CUP", backorder_limit=5)
    shop.order((1, "CUP"))
    shop.order((1, "CUP"))
    _do_all(shop)
    subjects = [str(mail.message["Subject"]) for mail in mail_server.mails]
    assert all("Thank you" in subject for subject in subjects)
    clock.forward(hours=2)
    _do_all(shop)
    assert "waiting for stock" in str(mail_server.mails[-1].message["Subject"])


def test_a_message_is_sent_again_by_hand(shop: Shop, work: Work, mail_server: MailServer):
    shop.stock(1, "CUP")
    order = shop.order((1, "CUP"))
    work()
    (row,) = shop.rows("select key from notice where shard = :shard")
    (key,) = shop.do(resend, [Resend(order_id=order.id, key=row.key)])
    work()
    first, second = mail_server.mails
    assert str(first.message["Subject"]) == str(second.message["Subject"])
    assert first.message["Message-ID"] != second.message["Message-ID"]
    (other,) = shop.do(resend, [Resend(order_id="ord_other", key=row.key)])
    assert isinstance(other, Refusal)
    assert isinstance(key, str)


def test_a_shops_own_text_is_used_and_its_version_kept(
    shop: Shop, work: Work, mail_server: MailServer
):
    shop.stock(1, "CUP")
    text = ShopText(
        message="confirmation",
        language="en",
        version=3,
        subject="Hooray, {{ order_number }}",
        title="Hooray",
        body="We pack it.",
        actor="Ann",
        at=shop.clock(),
    )
    shop.house.database.run(shop.shard, lambda tx: tx.texts.add([text]))
    shop.order((1, "CUP"))
    work()
    (mail,) = mail_server.mails
    assert str(mail.message["Subject"]).startswith("Hooray")
    (row,) = shop.rows("select text_version from notice where shard = :shard")
    assert row.text_version == 3


def test_a_text_that_fails_is_replaced_by_the_built_in_one(
    shop: Shop, work: Work, mail_server: MailServer
):
    shop.stock(1, "CUP")
    text = ShopText(
        message="confirmation",
        language="en",
        version=1,
        subject="x",
        title="x",
        body="{{ tracking.number }}",
        actor="Ann",
        at=shop.clock(),
    )
    shop.house.database.run(shop.shard, lambda tx: tx.texts.add([text]))
    shop.order((1, "CUP"))
    work()
    (mail,) = mail_server.mails
    assert str(mail.message["Subject"]).startswith("Thank you")


def test_who_left_no_address_is_told_nothing(shop: Shop, work: Work, mail_server: MailServer):
    shop.stock(1, "CUP")
    shop.order((1, "CUP"), customer=Contact(external_id="C-1"), channel="import")
    work()
    assert not mail_server.mails
    (row,) = shop.rows("select state from notice where shard = :shard")
    assert row.state == "nobody"
