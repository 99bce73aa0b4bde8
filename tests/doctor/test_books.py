"""The gateway's own books beside ours: what differs is found, what is under way is not."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import pytest

from purvey.adapters.sandbox_gateway.books import Charge
from purvey.ports.trouble import TryLater
from purvey.queries.doctor import Report, examine
from purvey.queries.doctor import books as doctors_books
from tests.doctor.conftest import Scene
from tests.doctor.shop import Shop

Edit = Callable[[dict[str, Charge]], None]


def books_of(shop: Shop) -> Callable[[], Iterable[Charge]]:
    return shop.house.outside.gateway("sandbox").books  # type: ignore[attr-defined,no-any-return]


def examined(shop: Shop, edit: Edit) -> Report:
    """With books that were changed after the gateway wrote them."""

    def books() -> Iterator[Charge]:
        charges = {charge.payment_id: charge for charge in books_of(shop)()}
        edit(charges)
        return iter(sorted(charges.values(), key=lambda charge: charge.payment_id))

    return examine(shop.house.database, books={"sandbox": books}, pause=lambda _: None)


def test_a_charge_for_an_order_that_we_do_not_have(scene: Scene):
    def edit(charges: dict[str, Charge]) -> None:
        like = next(charge for charge in charges.values() if charge.captured)
        charges["pay_0"] = replace(like, payment_id="pay_0")

    [finding] = examined(scene.shop, edit).findings
    assert finding.check == "the_gateways_money_is_known"
    assert finding.promise == 4
    assert finding.where == "payment pay_0"


def test_money_that_the_gateway_never_had(scene: Scene):
    payment = scene.shop.part("delivered", "payment")
    [finding] = examined(scene.shop, lambda charges: charges.pop(payment) and None).findings
    assert finding.check == "money_is_what_the_gateway_says"
    assert finding.what.endswith("sandbox has nothing.")
    assert finding.where.startswith(f"payment {payment} of order 1001 ")


@pytest.mark.parametrize("part", ["authorised", "captured", "refunded", "voided"])
def test_an_amount_that_differs(scene: Scene, part: str):
    payment = scene.shop.part("refunded", "payment")

    def edit(charges: dict[str, Charge]) -> None:
        amount = getattr(charges[payment], part)
        charges[payment] = replace(charges[payment], **{part: amount + 1})

    [finding] = examined(scene.shop, edit).findings
    assert finding.check == "money_is_what_the_gateway_says"


def test_an_order_that_was_charged_twice(scene: Scene):
    """Also when one of the charges was given back: the customer saw both."""
    payment = scene.shop.part("delivered", "payment")

    def edit(charges: dict[str, Charge]) -> None:
        charges[payment] = replace(charges[payment], charges=2)

    [finding] = examined(scene.shop, edit).findings
    assert finding.check == "nobody_is_charged_twice"
    assert finding.what.startswith("sandbox charged it 2 times: 11.60 authorised")


def test_a_charge_whose_record_is_under_way_is_no_finding(scene: Scene):
    """The worker has called the gateway and not yet written its answer down."""
    payment = scene.shop.part("asking", "payment")
    report = examined(scene.shop, lambda charges: charges.update({payment: charged(payment)}))
    assert report.ok
    assert report.checked["payments_in_flight"] == 1


def test_a_charge_after_which_the_worker_gave_up_is_a_finding(scene: Scene):
    payment = scene.shop.part("asking", "payment")
    with scene.vandal.restored():
        scene.vandal.run("update outbox set state = 'gave_up' where effect = 'payment.secure'")
        report = examined(scene.shop, lambda charges: charges.update({payment: charged(payment)}))
    assert [finding.check for finding in report.findings] == ["money_is_what_the_gateway_says"]


def test_a_customer_who_just_confirmed_is_no_finding(scene: Scene):
    """Their bank has told the gateway, whose webhook has not come yet."""
    payment = scene.shop.part("customer", "payment")
    report = examined(scene.shop, lambda charges: charges.update({payment: charged(payment)}))
    assert report.ok


def charged(payment_id: str) -> Charge:
    return Charge(
        payment_id=payment_id,
        key="k",
        reference="ch_x",
        currency="GBP",
        authorised=1925,
        captured=0,
        refunded=0,
        voided=0,
        charges=1,
    )


def test_books_that_are_ahead_only_at_first_are_no_finding(scene: Scene):
    """What was recorded between the two looks is looked at once more."""
    payment, looks = scene.shop.part("delivered", "payment"), []

    def edit(charges: dict[str, Charge]) -> None:
        looks.append("look")
        if len(looks) == 1:
            charges.pop(payment)

    assert examined(scene.shop, edit).ok
    assert len(looks) == 2


def test_an_order_that_moves_between_two_looks_is_under_way(scene: Scene):
    payment, looks = scene.shop.part("delivered", "payment"), []

    def edit(charges: dict[str, Charge]) -> None:
        charges.pop(payment)
        looks.append("look")
        if len(looks) == 2:  # between the second and the third look
            query = "update payment set reason = 'moved' where shard = 1 and id = :payment"
            scene.vandal.run(query, payment=payment)

    with scene.vandal.restored():
        report = examined(scene.shop, edit)
    assert report.ok
    assert report.checked["payments_in_flight"] == 1


def test_books_that_cannot_be_read_are_a_note(scene: Scene):
    def books() -> Iterator[Charge]:
        raise TryLater("busy")

    report = examine(scene.shop.house.database, books={"sandbox": books})
    assert report.ok
    assert [note.what for note in report.notes] == ["The books of sandbox could not be read: busy"]


def test_suspects_beyond_the_limit_are_counted(scene: Scene, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(doctors_books, "MAX_SUSPECTS", 2)
    report = examined(scene.shop, dict.clear)
    assert len(report.findings) == 2
    assert sum(report.unlisted.values()) > 5
