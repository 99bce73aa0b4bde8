"""What the warehouse scans: goods into a parcel, goods looked at once more, parcels to the carrier.

A phone sends its scans when it has a connection, perhaps twice, perhaps late.

1. The orders' locks are taken; what was scanned until now is read behind them.
2. A scan whose id is there already counts no second time, and is answered as the first.
3. The first scan of a planned shipment starts its picking; a hand-over's scan takes that step.
4. What does not fit any more is refused with a sentence for whoever holds the goods.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purvey.domain.order import Line, Order, Shipment
from purvey.domain.states import ShipmentState
from purvey.domain.warehouse import HAND_OVER, PICK, STAGES, WHOLE_PARCEL, Scan
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.batch import Batch
from purvey.operations.fulfil import ShipmentStep, shipment_of, take_step
from purvey.ports.storage import Transaction

MAX_ID, MAX_CODE = 64, 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Scanned:
    """`code`: as the scanner read it; for a hand-over only noted."""

    id: str
    shipment_id: str
    stage: str
    code: str = ""
    units: int = 1


@dataclass(frozen=True, slots=True)
class Counted:
    """`done` of `wanted` units of the line are scanned now."""

    shipment_id: str
    line: int
    stage: str
    done: int
    wanted: int


def record_scans(tx: Transaction, scans: Sequence[Scanned], *, act: Act) -> list[Counted | Refusal]:
    """Count each scan once; answers in their order."""
    owners = tx.orders.of_shipments({scan.shipment_id for scan in scans})
    leaves = any(scan.stage == HAND_OVER for scan in scans)
    batch = Batch.open(tx, act, set(owners.values()), with_stock=leaves)
    counting = _Counting(batch, owners, scans)
    answers = [counting.take(scan) for scan in scans]
    batch.save()
    tx.warehouse.add_scans(counting.new)
    return answers


class _Counting:
    def __init__(self, batch: Batch, owners: Mapping[str, str], scans: Sequence[Scanned]):
        self._batch, self._owners = batch, owners
        warehouse = batch.tx.warehouse
        self._known = warehouse.counted({scan.id for scan in scans})
        self._done = defaultdict(int, warehouse.done(set(owners)))
        skus = {line.sku for order in batch.orders.values() for line in order.lines}
        self._codes = warehouse.codes(skus)
        self.new: list[Scan] = []

    def take(self, scan: Scanned) -> Counted | Refusal:
        order_id = self._owners.get(scan.shipment_id)
        refusal = _refuse(scan, order_id)
        if refusal is not None or order_id is None:
            return refusal or NO_SHIPMENT
        if scan.stage == HAND_OVER:
            return self._hand_over(scan, order_id)
        order = self._batch.orders[order_id]
        if scan.id in self._known:
            return self._answer(order, scan)
        picking = self._be_picking(order, scan)
        if isinstance(picking, Refusal):
            return picking
        return self._count(picking, scan)

    def _be_picking(self, order: Order, scan: Scanned) -> Order | Refusal:
        """The first good that is scanned starts the picking."""
        shipment = shipment_of(order, scan.shipment_id)
        if shipment.state == ShipmentState.PLANNED and scan.stage == PICK:
            if self._line(order, shipment, scan) is None:
                return _wrong(order, scan)
            step = ShipmentStep(shipment_id=shipment.id, trigger="pick")
            return take_step(self._batch, order.id, step)
        if shipment.state != ShipmentState.PICKING:
            return Refusal("not_picking", _says(order, shipment))
        return order

    def _count(self, order: Order, scan: Scanned) -> Counted | Refusal:
        shipment = shipment_of(order, scan.shipment_id)
        line = self._line(order, shipment, scan)
        if line is None:
            return _wrong(order, scan)
        wanted = dict(shipment.lines)[line.no]
        place = (shipment.id, line.no, scan.stage)
        if self._done[place] + scan.units > wanted:
            sentence = f"All {wanted} of {line.sku} for order {order.number} are scanned already."
            return Refusal("too_many_units", sentence)
        self._note(order, scan, line.no)
        return Counted(shipment.id, line.no, scan.stage, self._done[place], wanted)

    def _note(self, order: Order, scan: Scanned, line: int) -> None:
        act = self._batch.act
        self._known.add(scan.id)
        self._done[scan.shipment_id, line, scan.stage] += scan.units
        self.new.append(
            Scan(
                id=scan.id,
                order_id=order.id,
                shipment_id=scan.shipment_id,
                line=line,
                stage=scan.stage,
                units=scan.units,
                code=scan.code,
                by=act.actor,
                at=act.now,
            )
        )

    def _line(self, order: Order, shipment: Shipment, scan: Scanned) -> Line | None:
        """The line that the code means: of several the first that still misses units."""
        wanted = {no: units for no, units in shipment.lines if units}
        code = scan.code.strip().casefold()
        fits = [
            line
            for line in order.lines
            if line.no in wanted
            and any(code == one.casefold() for one in self._codes.get(line.sku, ()))
        ]
        open_ones = (x for x in fits if self._done[shipment.id, x.no, scan.stage] < wanted[x.no])
        return next(open_ones, fits[0] if fits else None)

    def _answer(self, order: Order, scan: Scanned) -> Counted | Refusal:
        """To a scan that was counted before."""
        shipment = shipment_of(order, scan.shipment_id)
        line = self._line(order, shipment, scan)
        if line is None:
            return _wrong(order, scan)
        done = self._done[shipment.id, line.no, scan.stage]
        return Counted(shipment.id, line.no, scan.stage, done, dict(shipment.lines)[line.no])

    def _hand_over(self, scan: Scanned, order_id: str) -> Counted | Refusal:
        if scan.id not in self._known:
            step = ShipmentStep(shipment_id=scan.shipment_id, trigger="hand_over")
            after = take_step(self._batch, order_id, step)
            if isinstance(after, Refusal):
                return _told(self._batch.orders[order_id], scan, after)
            self._note(after, scan, WHOLE_PARCEL)
        return Counted(scan.shipment_id, WHOLE_PARCEL, scan.stage, 1, 1)


NO_SHIPMENT = Refusal("not_found", "There is no such parcel.")


def _refuse(scan: Scanned, order_id: str | None) -> Refusal | None:
    if order_id is None:
        return NO_SHIPMENT
    if scan.stage not in STAGES:
        return Refusal("bad_stage", f"stage: write one of {', '.join(STAGES)}.", pointer="/stage")
    if not 0 < len(scan.id) <= MAX_ID or len(scan.code) > MAX_CODE:
        return Refusal("bad_scan", f"id: give each scan one, of up to {MAX_ID} letters.")
    if scan.units < 1:
        return Refusal("bad_quantity", "units: count from 1.", pointer="/units")
    return None


def _wrong(order: Order, scan: Scanned) -> Refusal:
    return Refusal("wrong_code", f"{scan.code} does not belong into order {order.number}.")


def _told(order: Order, scan: Scanned, refusal: Refusal) -> Refusal:
    """A step that was refused, in the words of somebody with a parcel in their hands."""
    shipment = shipment_of(order, scan.shipment_id)
    if refusal.code != "not_allowed":
        return Refusal(refusal.code, f"Order {order.number}: {refusal.sentence}")
    return Refusal("not_packed", _says(order, shipment))


def _says(order: Order, shipment: Shipment) -> str:
    if shipment.state == ShipmentState.CANCELLED:
        return f"This parcel of order {order.number} is called off: put the goods back."
    if shipment.state in (ShipmentState.PLANNED, ShipmentState.PICKING):
        return f"This parcel of order {order.number} is not picked and packed yet."
    words = shipment.state.replace("_", " ")
    return f"This parcel of order {order.number} is {words} already: nothing more goes into it."
