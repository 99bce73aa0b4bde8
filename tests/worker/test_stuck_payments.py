"""Payments that come to rest: a person is told why, and whatever they do, nobody pays twice."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from purvey.adapters.sandbox_gateway.gateway import SandboxGateway
from purvey.domain.draft import PaymentChoice
from purvey.domain.order import Order
from purvey.domain.waiting import waiting_for
from purvey.kit.process import Refusal
from purvey.operations.hold import ReleaseHold, release_holds
from purvey.ports.trouble import TryLater
from purvey.queries.allowed import allowed
from purvey.testing import Shop
from purvey.wiring import House

Work = Callable[..., None]
Silence = Callable[[], AbstractContextManager[None]]
TERMS = PaymentChoice(method="terms", terms="net30")


def by(token: str, gateway: str = "sandbox") -> PaymentChoice:
    return PaymentChoice(method="gateway", gateway=gateway, token=token)


@pytest.fixture
def shop(new_shop: Callable[..., Shop]) -> Shop:
    shop = new_shop(max_attempts=2, retry_seconds=1.0)
    shop.stock(10, "CUP")
    return shop


@pytest.fixture
def silence(monkeypatch: pytest.MonkeyPatch) -> Silence:
    """The gateway answers no questions for a while."""

    def refuse(self: SandboxGateway, *, key: str) -> None:
        raise TryLater("It does not answer.")

    @contextmanager
    def begin() -> Iterator[None]:
        with monkeypatch.context() as patch:
            patch.setattr(SandboxGateway, "find", refuse)
            yield

    return begin


def bank(house: House) -> SandboxGateway:
    gateway = house.outside.gateway("sandbox")
    assert isinstance(gateway, SandboxGateway)
    return gateway


def taken(house: House) -> list[int]:
    """What the gateway holds or has taken, payment by payment."""
    left = [charge.authorised - charge.voided for charge in bank(house).books()]
    return [amount for amount in left if amount]


def release(shop: Shop, order: Order) -> Order | Refusal:
    wish = ReleaseHold(order_id=order.id)
    [answer] = shop.house.do(release_holds, [wish], actor="Ann", shard=shop.shard)
    return answer


def nobody_knows(shop: Shop, work: Work, silence: Silence) -> Order:
    """The card was charged, and the gateway does not say so however often it is asked."""
    order = shop.order((1, "CUP"), payment=by("tok_timeout_after"))
    with silence():
        work()
        work(minutes=5)
        work(minutes=5)
    return shop.look(order)


def test_a_gateway_that_is_not_set_up_holds_the_order(shop: Shop, work: Work):
    order = shop.order((1, "CUP"), payment=by("x", gateway="nobody"))
    work()
    order = shop.look(order)
    waits = waiting_for(order)
    assert waits.code == "payment_stuck"
    assert 'does not name "nobody"' in waits.sentence
    assert {"pay", "release"} <= set(allowed(order))


def test_it_is_paid_another_way(shop: Shop, house: House, work: Work):
    order = shop.order((1, "CUP"), payment=by("x", gateway="nobody"))
    work()
    shop.pay_again(order, by("tok_ok"))
    work()
    order = shop.look(order)
    assert (order.state, order.open_holds) == ("ready", ())
    assert taken(house) == [650]


def test_when_the_gateway_stays_silent_a_person_looks(shop: Shop, work: Work, silence: Silence):
    order = nobody_knows(shop, work, silence)
    assert shop.payment(order).state == "unknown"
    assert "does not say whether the customer was charged" in waiting_for(order).sentence
    assert len(order.open_holds) == 1


def test_released_it_is_asked_again(shop: Shop, house: House, work: Work, silence: Silence):
    order = nobody_knows(shop, work, silence)
    release(shop, order)
    work()
    order = shop.look(order)
    assert (order.state, order.open_holds) == ("ready", ())
    assert taken(house) == [650]


def test_paid_another_way_the_first_charge_is_given_back(
    shop: Shop, house: House, work: Work, silence: Silence
):
    order = nobody_knows(shop, work, silence)
    shop.pay_again(order, TERMS)
    assert shop.look(order).state == "ready"
    work()
    assert taken(house) == []
    assert {p.state for p in shop.look(order).payments} == {"voided", "authorised"}


def test_the_customer_gets_the_bank_s_link(shop: Shop, work: Work):
    order = shop.order((1, "CUP"), payment=by("tok_needs_customer"))
    work()
    url = shop.payment(order).confirm_url
    assert url and "/sandbox/confirm/" in url
    [mail] = shop.rows(
        "select subject, body from notice where shard = :shard and order_id = :id"
        " and template = 'confirm_payment'",
        id=order.id,
    )
    assert url in mail.body
    assert "pay" in allowed(shop.look(order))


def test_who_leaves_the_bank_s_page_pays_another_way(shop: Shop, house: House, work: Work):
    order = shop.order((1, "CUP"), payment=by("tok_needs_customer"))
    work()
    reference = shop.payment(order).reference
    shop.pay_again(order, TERMS)
    work()
    bank(house).confirm(reference=reference or "")  # too late: it was called off
    assert taken(house) == []
    assert shop.look(order).state == "ready"


def test_a_yes_that_is_faster_than_the_call_off_is_given_back(shop: Shop, house: House, work: Work):
    order = shop.order((1, "CUP"), payment=by("tok_needs_customer"))
    work()
    shop.pay_again(order, TERMS)
    bank(house).confirm(reference=order_reference(shop, order))
    assert taken(house) == [650]
    work()
    assert taken(house) == []


def order_reference(shop: Shop, order: Order) -> str:
    return next(p.reference for p in shop.look(order).payments if p.reference) or ""


def test_a_cancelled_order_s_attempt_is_called_off(shop: Shop, house: House, work: Work):
    order = shop.order((1, "CUP"), payment=by("tok_needs_customer"))
    work()
    reference = order_reference(shop, order)
    shop.decide(order, "cancel", reason="changed my mind")
    work()
    bank(house).confirm(reference=reference)
    assert taken(house) == []
