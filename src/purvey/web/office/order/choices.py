"""What can be done about an order next, as buttons: made from `allowed` and from who asks."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from purvey.domain.order import Order
from purvey.domain.returns import returnable
from purvey.domain.states import OrderState, PaymentState, ShipmentState
from purvey.queries.allowed import allowed, allowed_for_payment, allowed_for_shipment

May = Callable[[str], bool]
STEPS = {
    "pick": "Start picking",
    "pack": "It is packed",
    "hand_over": "Hand over",
    "deliver": "It has arrived",
    "send_again": "It is here: send it again",
}
BY_CARRIER = "deliver"  # the carrier reports it: no next step of ours


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """`path` comes behind the order's own. `form`: what is asked first; "": nothing.

    `link`: it leads to a page of its own instead of doing something.
    """

    name: str
    label: str
    key: str
    path: str
    form: str = ""
    reason_needed: bool = False
    hint: str = ""
    confirm: str = ""
    sure: bool = False
    link: bool = False
    fields: Mapping[str, str | int] = field(default_factory=dict)


def choices(order: Order, may: May) -> list[Choice]:
    """The first one is the one that most people come for."""
    names = set(allowed(order))
    found: list[Choice] = []
    if may("orders:write"):
        found += [choice for choice in _onward(order) if choice.name in names]
    found += _money(order) if may("payments:write") else ()
    found += _parcels(order) if may("shipments:write") else ()
    if may("orders:write"):
        found += [choice for choice in _besides(order) if choice.name in names]
    if may("returns:write"):
        found += _comes_back(order)
    if may("returns:write") and returnable(order, arrived=False):
        label = "Start a return"
        found.append(Choice(name="return", label=label, key="b", path="/return", link=True))
    if may("orders:write"):
        found += [choice for choice in _ending() if choice.name in names]
    return found


def _onward(order: Order) -> Iterator[Choice]:
    yield Choice(
        name="approve",
        label="Approve",
        key="a",
        path="/decide",
        fields={"trigger": "approve"},
    )
    if order.state != OrderState.IN_REVIEW:  # there approving releases
        many = len(order.open_holds) > 1
        label = "Release all holds" if many else "Release the hold"
        yield Choice(name="release", label=label, key="l", path="/release")
    yield Choice(name="pay", label="Pay another way", key="p", path="/pay", form="pay")
    lost = order.state == OrderState.SHIPPED
    yield Choice(
        name="close",
        label="Close",
        key="z",
        path="/decide",
        form="reason" if lost else "",
        reason_needed=lost,
        hint="What was paid too much goes back",
        confirm="" if lost else "Close this order?",
        fields={"trigger": "close"},
    )


def _money(order: Order) -> Iterator[Choice]:
    """What is waited for comes by hand: somebody has to say that it is there."""
    for payment in order.payments:
        by_hand = payment.method in ("cash", "bank_transfer")
        waited_for = payment.state == PaymentState.REQUESTED and order.state == OrderState.RESERVED
        if by_hand and waited_for and "capture" in allowed_for_payment(order, payment):
            yield Choice(
                name="capture",
                label="The money is here",
                key="m",
                path=f"/money/{payment.id}",
                fields={"trigger": "capture"},
                confirm="Book the whole amount as received?",
            )
            return


def _parcels(order: Order) -> Iterator[Choice]:
    several = len(order.shipments) > 1
    for at, parcel in enumerate(order.shipments, 1):
        for step in allowed_for_shipment(order, parcel):
            if step in STEPS and step != BY_CARRIER:
                label = f"{STEPS[step]}: parcel {at}" if several else STEPS[step]
                path, fields = f"/parcels/{parcel.id}", {"trigger": step}
                yield Choice(name=step, label=label, key="w", path=path, fields=fields)
                return


def _comes_back(order: Order) -> Iterator[Choice]:
    for parcel in order.shipments:
        if parcel.state == ShipmentState.RETURNED_TO_SENDER:
            path, label = f"/return?parcel={parcel.id}", "It is here: take it in"
            yield Choice(name="take_in", label=label, key="i", path=path, link=True)
            return


def _besides(order: Order) -> Iterator[Choice]:
    yield Choice(name="edit", label="Change", key="e", path="/edit", link=True)
    yield Choice(
        name="hold",
        label="Hold",
        key="h",
        path="/hold",
        form="hold",
        reason_needed=True,
        hint="Colleagues read it on the order",
    )


def _ending() -> Iterator[Choice]:
    back = "Stock and money go back, and the customer is told"
    for name, label, key in (("reject", "Reject", "r"), ("cancel", "Cancel order", "c")):
        yield Choice(
            name=name,
            label=label,
            key=key,
            path="/decide",
            form="reason",
            reason_needed=True,
            hint=back,
            sure=True,
            fields={"trigger": name},
        )
