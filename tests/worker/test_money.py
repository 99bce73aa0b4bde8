"""Money through the sandbox gateway: whatever goes wrong on the way, nobody is charged twice."""

from collections.abc import Callable

import pytest

from purvey.domain.draft import PaymentChoice
from purvey.domain.order import Order
from purvey.testing import Shop
from purvey.wiring import House

Work = Callable[..., None]


def by(token: str) -> PaymentChoice:
    return PaymentChoice(method="gateway", gateway="sandbox", token=token)


def charges(house: House) -> dict[str, object]:
    books = house.outside.gateway("sandbox").books()  # type: ignore[attr-defined]
    return {charge.payment_id: charge for charge in books}


def test_a_clean_order_is_authorised_and_captured_when_it_ships(
    shop: Shop, house: House, work: Work, warehouse: Work
):
    shop.stock(10, "CUP")
    order = shop.order((2, "CUP"))
    work()
    assert shop.look(order).state == "ready"
    assert shop.payment(order).captured == 0
    warehouse(order)
    (charge,) = charges(house).values()
    assert (charge.captured, charge.charges) == (2 * 255 + 395, 1)


@pytest.mark.parametrize("token", ["tok_ok", "tok_timeout_before", "tok_timeout_after", "tok_slow"])
def test_a_lost_answer_is_asked_for_and_charged_once(
    shop: Shop, house: House, work: Work, token: str
):
    shop.stock(10, "CUP")
    order = shop.order((1, "CUP"), payment=by(token))
    work()
    work(minutes=5)
    assert shop.look(order).state == "ready"
    (charge,) = charges(house).values()
    assert charge.charges == 1


def test_while_nobody_knows_the_order_says_so(shop: Shop, work: Work, monkeypatch):
    shop.stock(1, "CUP")
    order = shop.order((1, "CUP"), payment=by("tok_timeout_after"))
    monkeypatch.setitem(  # the gateway cannot be asked for a while
        __import__("purvey.worker.run", fromlist=["HANDLERS"]).HANDLERS,
        "payment.ask",
        lambda desk, messages: desk.record(lambda tx, act: None),
    )
    work()
    assert shop.payment(order).state == "unknown"


def test_declined_then_paid_another_way(shop: Shop, house: House, work: Work):
    shop.stock(10, "CUP")
    order = shop.order((1, "CUP"), payment=by("tok_declined"))
    work()
    assert shop.payment(order).state == "declined"
    shop.pay_again(order, by("tok_ok"))
    work()
    assert shop.look(order).state == "ready"
    assert [charge.authorised for charge in charges(house).values() if charge.authorised] == [650]


def test_cancelled_while_the_gateway_is_asked_gives_the_money_back(
    shop: Shop, house: House, work: Work
):
    shop.stock(10, "CUP")
    order = shop.order((1, "CUP"))
    work()
    shop.decide(order, "cancel", reason="changed my mind")
    work()
    (charge,) = charges(house).values()
    assert (charge.captured, charge.voided) == (0, charge.authorised)
    assert shop.payment(order).state == "voided"


def test_a_capture_whose_answer_was_lost_is_not_made_twice(
    shop: Shop, house: House, work: Work, warehouse: Work
):
    shop.stock(10, "CUP")
    order = shop.order((1, "CUP"), payment=by("tok_capture_timeout_after"))
    work()
    warehouse(order)
    work(minutes=10)
    (charge,) = charges(house).values()
    assert charge.captured == shop.payment(order).captured == 650


def test_an_unknown_gateway_goes_to_a_person(shop: Shop, work: Work):
    shop.stock(10, "CUP")
    nobody = PaymentChoice(method="gateway", gateway="nobody", token="x")
    shop.order((1, "CUP"), payment=nobody)
    work()
    (message,) = shop.outbox("gave_up")
    assert message.effect == "payment.secure"


def test_a_crash_after_the_charge_does_not_charge_twice(
    shop: Shop, house: House, work: Work, monkeypatch
):
    """The worker dies between the gateway's answer and its record; the lease brings it back."""
    shop.stock(10, "CUP")
    order: Order = shop.order((1, "CUP"))
    from purvey.worker import payments

    real = payments.record_payments

    def crash(*args: object, **named: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(payments, "record_payments", crash)
    with pytest.raises(KeyboardInterrupt):
        work()
    assert shop.look(order).state == "reserved"
    (charge,) = charges(house).values()
    assert charge.authorised == 650
    monkeypatch.setattr(payments, "record_payments", real)
    work(minutes=2)
    assert shop.look(order).state == "ready"
    (charge,) = charges(house).values()
    assert charge.charges == 1


def test_a_surplus_taken_by_hand_waits_for_a_person_until_it_is_given_back(shop: Shop, work: Work):
    shop.stock(10, "CUP")
    order = shop.order((2, "CUP"), payment=PaymentChoice(method="bank_transfer"))
    shop.move_money(order, "capture")
    shop.change(order, cancel={1: 1}, reason="one is enough")
    work()
    (message,) = shop.outbox("gave_up")
    assert message.effect == "payment.return"
    shop.move_money(order, "refund", amount=255)
    assert not shop.outbox("gave_up")
