"""Less on the shelf than the books say: the parcel goes with what is there, the rest waits.

1. The missing units leave the shipment, the reservation and the stock; the ledger says why. Was
   the shelf found empty, the units that were free there leave the books with them: else the same
   units that nobody can find would be promised again.
2. The order waits for the missing units, and gets them at once where another shelf has them.
3. A shipment without units is called off; an order that ships complete calls off all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from purvey.domain.order import Line, Order, Shipment
from purvey.domain.warehouse import PICK, SHORT_REASONS
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.advance import advance_shipment, report
from purvey.operations.batch import Batch
from purvey.operations.effects import reserve_open_units
from purvey.operations.fulfil import shipment_of
from purvey.ports.storage import Transaction
from purvey.ports.warehouse import Done


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortPick:
    """Of the units of a line that the shipment wants, `found` are there. `reason`: a key of
    SHORT_REASONS."""

    shipment_id: str
    line: int
    found: int
    reason: str = "missing"


def short_pick(tx: Transaction, wishes: Sequence[ShortPick], *, act: Act) -> list[Order | Refusal]:
    owners = tx.orders.of_shipments({wish.shipment_id for wish in wishes})
    batch = Batch.open(tx, act, set(owners.values()), with_stock=True)
    done = tx.warehouse.done(set(owners))
    answers = [_short(batch, owners.get(wish.shipment_id), wish, done) for wish in wishes]
    batch.save()
    return answers


def _short(batch: Batch, order_id: str | None, wish: ShortPick, done: Done) -> Order | Refusal:
    if order_id is None:
        return Refusal("not_found", "There is no such parcel.")
    if wish.reason not in SHORT_REASONS:
        sentence = f"reason: write one of {', '.join(SHORT_REASONS)}."
        return Refusal("bad_reason", sentence, pointer="/reason")
    scanned = done.get((wish.shipment_id, wish.line, PICK), 0)
    if wish.found < scanned:
        sentence = f"{scanned} are scanned already: that many are there at least."
        return Refusal("already_scanned", sentence, pointer="/found")
    order = batch.orders[order_id]
    shipment = shipment_of(order, wish.shipment_id)
    facts = {"reason": wish.reason, "line": wish.line, "found": wish.found}
    after = advance_shipment(batch, order, shipment, "short_pick", facts=facts)
    return after if isinstance(after, Refusal) else _go_without(batch, after, wish)


def _go_without(batch: Batch, order: Order, wish: ShortPick) -> Order:
    shipment = shipment_of(order, wish.shipment_id)
    line = next(line for line in order.lines if line.no == wish.line)
    missing = dict(shipment.lines)[wish.line] - wish.found
    lines = tuple((no, wish.found if no == wish.line else n) for no, n in shipment.lines)
    order = order.with_shipment(evolve(shipment, lines=lines))
    order = order.with_line(_put_back(line, shipment.location, missing))
    _correct_stock(batch, order, shipment, line=line, missing=missing, reason=wish.reason)
    order = batch.put(reserve_open_units(batch, batch.put(order)))
    if not any(units for _, units in lines):
        order = _called_off(batch, order, wish.shipment_id)
    return report(batch, order, "picked_short", facts={"reason": wish.reason})


def _put_back(line: Line, place: str, missing: int) -> Line:
    held = tuple((p, n - missing if p == place else n) for p, n in line.held)
    return evolve(
        line,
        reserved=line.reserved - missing,
        backordered=line.backordered + missing,
        held=tuple((p, n) for p, n in held if n),
    )


def _correct_stock(
    batch: Batch, order: Order, shipment: Shipment, *, line: Line, missing: int, reason: str
) -> None:
    shelves, place = batch.shelves, shipment.location
    free = shelves.on_hand(line.sku, place) - shelves.reserved(line.sku, place)
    gone = missing + (free if reason == "missing" else 0)
    shelves.release(line.sku, place, units=missing)
    shelves.add_backordered(line.sku, missing)
    why = f"short pick: {reason}"
    shelves.move(batch.act, line.sku, place=place, change=-gone, reason=why, order_id=order.id)


def _called_off(batch: Batch, order: Order, shipment_id: str) -> Order:
    after = advance_shipment(batch, order, shipment_of(order, shipment_id), "called_off")
    assert isinstance(after, Order)
    return after
