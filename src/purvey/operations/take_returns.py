"""A parcel comes back. It is here, so nothing can refuse it: it belongs to a return, or it is taken
in as a new one, of whatever has left the building and has not come back.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purvey.domain.order import Order, Return
from purvey.domain.returns import find_return, returnable
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.lifecycle import ON_THE_WAY
from purvey.operations.act import Act
from purvey.operations.advance import advance_return, advance_shipment, open_return
from purvey.operations.batch import Batch
from purvey.operations.decide import version_refusal
from purvey.operations.request_returns import Wanted, bad_lines, made, over, said
from purvey.ports.storage import Transaction

UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnedParcel:
    """What came back. `return_id`: the return it belongs to; without one `order_id` says whose it
    is, and without `lines` it is all that is still out, or was in `shipment_id`: a parcel of ours
    that was not delivered. `location`: where the goods are now."""

    return_id: str | None = None
    order_id: str | None = None
    shipment_id: str | None = None
    lines: Sequence[Wanted] = ()
    location: str | None = None
    note: str = ""
    version: int | None = None


def take_returns(
    tx: Transaction, parcels: Sequence[ReturnedParcel], *, act: Act
) -> list[tuple[Order, Return] | Refusal]:
    """The goods are here. Nothing of the order's process can refuse that."""
    owners = tx.orders.of_returns({x.return_id for x in parcels if x.return_id})
    ids = [owners.get(x.return_id or "", x.order_id or "") for x in parcels]
    batch = Batch.open(tx, act, set(ids), with_stock=False)
    places = {place.code for place in tx.stock.locations()}
    answers = [
        _take(batch, order_id, parcel, places)
        for order_id, parcel in zip(ids, parcels, strict=True)
    ]
    batch.save()
    return answers


def _take(
    batch: Batch, order_id: str, parcel: ReturnedParcel, places: set[str]
) -> tuple[Order, Return] | Refusal:
    order = batch.orders.get(order_id)
    if order is None:
        sentence = "There is no such return: say which order the parcel belongs to."
        return Refusal("not_found", sentence)
    refusal = version_refusal(order, parcel.version) or bad_location(parcel.location, places)
    if refusal is not None:
        return refusal
    if any(x.id == parcel.return_id for x in order.returns):
        return _arrived(batch, order, parcel)
    return _unexpected(batch, order, parcel)


def bad_location(location: str | None, places: set[str]) -> Refusal | None:
    if location is None or location in places:
        return None
    sentence = f"There is no such location; there are: {', '.join(sorted(places))}."
    return Refusal("unknown_location", sentence, pointer="/location")


def _arrived(batch: Batch, order: Order, parcel: ReturnedParcel) -> tuple[Order, Return]:
    returned = find_return(order, parcel.return_id or "")
    here = evolve(
        returned,
        location=parcel.location or returned.location,
        lines=tuple(
            evolve(x, condition=None, disposition=None, percent=100) for x in returned.lines
        ),
    )
    after = advance_return(batch, order, returned, "parcel_returned")
    assert isinstance(after, Order), after
    now = find_return(after, returned.id)
    if now.state != returned.state:
        after = batch.put(
            after.with_return(evolve(here, state=now.state, state_since=now.state_since))
        )
        after = _parcels_taken_back(batch, after, parcel)
    return after, find_return(after, returned.id)


def _unexpected(
    batch: Batch, order: Order, parcel: ReturnedParcel
) -> tuple[Order, Return] | Refusal:
    most = returnable(order, arrived=False)
    lines = parcel.lines or _inside(order, parcel, most)
    if not lines:
        return Refusal("nothing_out", "Nothing of this order is out that could come back.")
    refusal = bad_lines(order, lines) or over(lines, most)
    if refusal is not None:
        return refusal
    returned = evolve(made(batch.act, lines, note=parcel.note), location=parcel.location)
    order = open_return(batch, order, returned, facts={"lines": said(lines)})
    after = advance_return(batch, order, returned, "parcel_returned")
    assert isinstance(after, Order), after
    after = _parcels_taken_back(batch, after, parcel)
    return after, find_return(after, returned.id)


def _inside(order: Order, parcel: ReturnedParcel, most: Mapping[int, int]) -> list[Wanted]:
    """What was in our parcel and is still out; without one all that is out."""
    if parcel.shipment_id is None:
        return [Wanted(no=no, quantity=n) for no, n in most.items()]
    inside = [
        (no, min(units, most.get(no, 0)))
        for shipment in order.shipments
        if shipment.id == parcel.shipment_id and shipment.state in ON_THE_WAY
        for no, units in shipment.lines
    ]
    return [Wanted(no=no, quantity=n, reason=UNDELIVERABLE) for no, n in inside if n]


def _parcels_taken_back(batch: Batch, order: Order, parcel: ReturnedParcel) -> Order:
    """A parcel that is said to be here, or of which nothing is out any more, is not on its way."""
    out = returnable(order, arrived=False)
    for shipment in order.shipments:
        is_it = shipment.id == parcel.shipment_id or not any(
            out.get(no) for no, _ in shipment.lines
        )
        if shipment.state in ON_THE_WAY and is_it:
            after = advance_shipment(batch, order, shipment, "taken_back")
            assert isinstance(after, Order), after
            order = after
    return order
