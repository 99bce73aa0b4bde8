"""Messages about parcels: labels are bought and cancelled, carriers are asked where parcels are."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from purvey.domain.draft import Address
from purvey.domain.order import Order, Shipment
from purvey.domain.states import ShipmentState
from purvey.operations.act import Act
from purvey.operations.fulfil import shipment_of
from purvey.operations.hold import FULFILMENT, PlaceHold, place_holds
from purvey.operations.record_shipping import (
    LabelBought,
    ParcelNews,
    record_labels,
    record_tracking,
)
from purvey.ports.carrier import CannotShip, Label, Parcel
from purvey.ports.storage import Message, Transaction
from purvey.worker.desk import Desk, Told

# Later ones overtake.
NEWS = ("in_transit", "out_for_delivery", "returned_to_sender", "lost", "delivered")
LAST = frozenset(NEWS[2:])  # a person says what comes after them, if anything does
FINAL = frozenset(
    {*LAST, ShipmentState.TAKEN_BACK, ShipmentState.SENT_AGAIN, ShipmentState.CANCELLED}
)
NOBODY = Address()


def buy_labels(desk: Desk, messages: Sequence[Message]) -> None:
    """A carrier that refuses a parcel puts the order on hold, with the carrier's reason."""
    orders = desk.orders(messages)

    def ask(message: Message) -> Label | CannotShip | None:
        order = orders[message.order_id or ""]
        shipment = shipment_of(order, message.subject_id or "")
        if shipment.tracking_number or shipment.method == "pickup":
            return None
        return desk.house.outside.carrier.buy_label(
            key=shipment.id, parcel=_parcel(order, shipment)
        )

    told: list[Told[Label | CannotShip]] = desk.ask_each(messages, ask)
    bought = [
        LabelBought(shipment_id=t.message.subject_id or "", label=t.answer)
        for t in told
        if isinstance(t.answer, Label)
    ]
    refused = _holds_for_refused(told)

    def work(tx: Transaction, act: Act) -> None:
        record_labels(tx, bought, act=act, known=orders)
        if refused:
            place_holds(tx, refused, act=act)
        desk.settle(tx, told)

    desk.record(work)
    desk.count(told)


def _holds_for_refused(told: Sequence[Told[Label | CannotShip]]) -> list[PlaceHold]:
    return [
        PlaceHold(
            order_id=t.message.order_id or "",
            type="label",
            reason=f"The carrier refuses the parcel: {t.answer.reason}",
            blocks=(FULFILMENT,),
        )
        for t in told
        if isinstance(t.answer, CannotShip)
    ]


def _parcel(order: Order, shipment: Shipment) -> Parcel:
    weights = {line.no: line.weight_grams for line in order.lines}
    return Parcel(
        weight_grams=sum(weights[no] * units for no, units in shipment.lines),
        from_location=shipment.location,
        to=order.ship_to or NOBODY,
        service=shipment.method,
        contents=str(order.number),
    )


def cancel_labels(desk: Desk, messages: Sequence[Message]) -> None:
    orders = desk.orders(messages)

    def ask(message: Message) -> None:
        shipment = shipment_of(orders[message.order_id or ""], message.subject_id or "")
        if shipment.tracking_number:
            carrier = desk.house.outside.carrier
            carrier.cancel_label(key=shipment.id, tracking_number=shipment.tracking_number)

    told: list[Told[None]] = desk.ask_each(messages, ask)
    desk.record(lambda tx, act: desk.settle(tx, told))
    desk.count(told)


def track(desk: Desk, messages: Sequence[Message]) -> None:
    """Tell the order what is new; ask again later until the parcel is there, lost or sent back."""
    orders = desk.orders(messages)

    def ask(message: Message) -> list[str] | None:
        shipment = shipment_of(orders[message.order_id or ""], message.subject_id or "")
        if shipment.tracking_number is None or shipment.state in FINAL:
            return None
        events = desk.house.outside.carrier.track(
            tracking_number=shipment.tracking_number,
            handed_over_at=_handed_over_at(shipment, message),
            now=desk.house.clock(),
        )
        return [event.kind for event in events if event.kind in NEWS]

    told = desk.ask_each(messages, ask)
    news = [
        ParcelNews(shipment_id=t.message.subject_id or "", kind=kind)
        for t in told
        for kind in _fresh(t, orders)
    ]
    desk.record(
        lambda tx, act: record_tracking(
            tx,
            news,
            act=act,
            known=orders,
            also=lambda tx: desk.settle_watched(tx, told, is_over=_is_over),
        )
    )
    desk.count(told)


def _handed_over_at(shipment: Shipment, message: Message) -> datetime:
    """The tracking was promised in the step that handed the parcel over."""
    handed_over = shipment.state == ShipmentState.HANDED_OVER
    return shipment.state_since if handed_over else message.created_at or shipment.state_since


def _fresh(told: Told[list[str]], orders: Mapping[str, Order]) -> list[str]:
    """What the order has not heard of yet, in the order in which it happened."""
    shipment = shipment_of(orders[told.message.order_id or ""], told.message.subject_id or "")
    kinds = list(dict.fromkeys(told.answer or []))
    if LAST & set(kinds) and "out_for_delivery" in kinds:
        kinds.remove("out_for_delivery")  # that it comes today is no news when it is there
    known = NEWS[: NEWS.index(shipment.state) + 1] if shipment.state in NEWS else ()
    return [kind for kind in kinds if kind not in known]


def _is_over(told: Told[list[str]]) -> bool:
    return told.answer is None or bool(LAST & set(told.answer))


HANDLERS: Mapping[str, Callable[[Desk, Sequence[Message]], None]] = {
    "label.buy": buy_labels,
    "label.cancel": cancel_labels,
    "shipment.track": track,
}
