"""Stock comes, goes, is counted and announced. Every unit's movement stands in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.effects import fill_message
from purvey.operations.shelves import Shelves
from purvey.ports.storage import Level, Message, Supply, Transaction

MAX_UNITS = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Adjustment:
    sku: str
    location: str
    change: int
    reason: str


def adjust_stock(
    tx: Transaction, adjustments: Sequence[Adjustment], *, act: Act
) -> list[Level | Refusal]:
    """Add or take units; answers with the level after it. Reserved units cannot be taken."""
    shelves = Shelves(tx, {adjustment.sku for adjustment in adjustments})
    places = {location.code: location.active for location in tx.stock.locations()}
    answers = [_adjust(shelves, places, one, act) for one in adjustments]
    shelves.save()
    grown = [
        one.sku
        for one, answer in zip(adjustments, answers, strict=True)
        if isinstance(answer, Level) and one.change > 0
    ]
    tx.messages.add(fills(shelves, grown, act=act))
    return answers


def _adjust(
    shelves: Shelves, places: Mapping[str, bool], one: Adjustment, act: Act
) -> Level | Refusal:
    refusal = _refuse(shelves, places, one)
    if refusal is not None:
        return refusal
    shelves.move(act, one.sku, place=one.location, change=one.change, reason=one.reason)
    return Level(
        sku=one.sku,
        location=one.location,
        on_hand=shelves.on_hand(one.sku, one.location),
        reserved=shelves.reserved(one.sku, one.location),
        is_open=places[one.location],
    )


def _refuse(shelves: Shelves, places: Mapping[str, bool], one: Adjustment) -> Refusal | None:
    if one.sku not in shelves.products:
        sentence = "There is no product with this SKU; make the product first."
        return Refusal("unknown_sku", sentence, pointer="/sku")
    if one.location not in places:
        names = ", ".join(sorted(places))
        sentence = f"There is no such location; there are: {names}."
        return Refusal("unknown_location", sentence, pointer="/location")
    if not one.change or abs(one.change) > MAX_UNITS:
        sentence = "Write how many units: a whole number other than 0, of a size that can be."
        return Refusal("bad_change", sentence, pointer="/change")
    free = shelves.on_hand(one.sku, one.location) - shelves.reserved(one.sku, one.location)
    if free + one.change < 0:
        reserved = shelves.reserved(one.sku, one.location)
        also = f"; {reserved} more are reserved for orders" if reserved else ""
        sentence = f"Only {free} units are free there{also}."
        return Refusal("reserved_stock", sentence, pointer="/change")
    return None


def fills(shelves: Shelves, skus: Sequence[str], *, act: Act) -> list[Message]:
    """Stock that came goes to the orders that wait for it."""
    waited_for = sorted({sku for sku in skus if shelves.products[sku].backordered})
    return [fill_message(act, sku, cause=act.new_id("fill")) for sku in waited_for]


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    sku: str
    location: str
    quantity: int
    expected_on: date | None = None


def announce_supplies(
    tx: Transaction, announcements: Sequence[Announcement], *, act: Act
) -> list[Supply | Refusal]:
    """Stock on its way: orders that wait for it say so."""
    shelves = Shelves(tx, {one.sku for one in announcements})
    places = {location.code: location.active for location in tx.stock.locations()}
    answers: list[Supply | Refusal] = []
    for one in announcements:
        like = Adjustment(
            sku=one.sku, location=one.location, change=max(0, one.quantity), reason="supply"
        )
        refusal = _refuse(shelves, places, like)
        answers.append(refusal if refusal is not None else _supply(one, act))
    tx.stock.put_supplies([answer for answer in answers if isinstance(answer, Supply)])
    return answers


def _supply(one: Announcement, act: Act) -> Supply:
    return Supply(
        id=act.new_id("sup"),
        sku=one.sku,
        location=one.location,
        expected=one.quantity,
        expected_on=one.expected_on,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """`quantity` None: all that was expected. `complete` False: more will come."""

    supply_id: str
    quantity: int | None = None
    complete: bool = True


def receive_supplies(
    tx: Transaction, arrivals: Sequence[Arrival], *, act: Act
) -> list[Supply | Refusal]:
    """Announced stock is here: it is put away, and backorders are filled in promise order."""
    supplies = {supply.id: supply for supply in tx.stock.supplies({a.supply_id for a in arrivals})}
    shelves = Shelves(tx, {supply.sku for supply in supplies.values()})
    # Read again: only behind the product's lock nobody else can take the same delivery.
    supplies = {supply.id: supply for supply in tx.stock.supplies(set(supplies))}
    answers = [_arrive(shelves, supplies, arrival, act) for arrival in arrivals]
    shelves.save()
    changed = {answer.id: answer for answer in answers if isinstance(answer, Supply)}
    tx.stock.put_supplies(list(changed.values()))
    tx.messages.add(fills(shelves, [supply.sku for supply in changed.values()], act=act))
    return answers


def _arrive(
    shelves: Shelves, supplies: dict[str, Supply], arrival: Arrival, act: Act
) -> Supply | Refusal:
    supply = supplies.get(arrival.supply_id)
    if supply is None:
        return Refusal("not_found", "There is no such announced supply.")
    if supply.state != "expected":
        return Refusal("not_allowed", f"This supply is {supply.state} already.")
    missing = supply.expected - supply.arrived
    quantity = missing if arrival.quantity is None else arrival.quantity
    if not 0 < quantity <= MAX_UNITS:
        return Refusal("bad_quantity", "Give how many units arrived.", pointer="/quantity")
    shelves.move(
        act, supply.sku, place=supply.location, change=quantity, reason=f"supply {supply.id}"
    )
    state = "arrived" if arrival.complete or quantity >= missing else "expected"
    after = evolve(supply, arrived=supply.arrived + quantity, state=state)
    supplies[supply.id] = after
    return after
