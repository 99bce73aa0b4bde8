"""What has to be true of every database at every moment, whatever the tests did to it.

Plain SQL and arithmetic, written a second time on purpose: `purvey doctor` has its own.
"""

from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from purvey.domain.amounts import owed, paid, refunded, secured, total
from purvey.domain.order import Order, Return
from purvey.domain.states import OrderState, ReturnState, ShipmentState
from purvey.domain.waiting import waiting_for
from purvey.lifecycle import ORDER, PAYMENT, SHIPMENT
from purvey.operations.batch import chained_hash
from purvey.operations.event_types import event_type, event_types
from purvey.ports.storage import HistoryRow
from purvey.storage.database import Database
from purvey.storage.orders import load_orders
from purvey.storage.sql import Sql
from purvey.storage.times import from_us
from purvey.wiring import DEFAULT_SHARD

LEFT = (
    ShipmentState.HANDED_OVER,
    ShipmentState.IN_TRANSIT,
    ShipmentState.OUT_FOR_DELIVERY,
    ShipmentState.DELIVERED,
    ShipmentState.LOST,
    ShipmentState.RETURNED_TO_SENDER,
    ShipmentState.TAKEN_BACK,
)
OPEN = (ShipmentState.PLANNED, ShipmentState.PICKING, ShipmentState.PACKED)
CLAIMING = (
    ReturnState.REQUESTED,
    ReturnState.APPROVED,
    ReturnState.RECEIVED,
    ReturnState.INSPECTED,
)
WAITS_FOR_STOCK = (
    OrderState.BACKORDERED,
    OrderState.RESERVED,
    OrderState.READY,
    OrderState.FULFILLING,
)


def assert_promises(database: Database, shard: int = DEFAULT_SHARD) -> None:
    """Fails with every promise that is broken, one sentence each."""
    with database.reading(shard) as sql:
        broken = list(broken_promises(sql))
    assert not broken, "\n".join(broken)


def broken_promises(sql: Sql) -> Iterator[str]:
    ids = [row.id for row in sql.rows("select id from orders where shard = :shard")]
    orders = load_orders(sql, ids, lock=False)
    yield from _stock(sql)
    yield from _backorders(sql, orders)
    yield from _ledger(sql, orders)
    yield from _history(sql, orders)
    yield from _columns(sql, orders)
    yield from _shelves_of_returns(sql, orders)
    for order in orders.values():
        yield from (f"{order.number} ({order.state}): {what}" for what in _order(order))
    yield from _nobody_is_forgotten(sql, orders)
    for order_id, known in sql.recall.find(sql.shard, ids).items():
        if known.version == orders[order_id].version and known != orders[order_id]:
            yield f"{known.number} is remembered otherwise than it is kept"


def _stock(sql: Sql) -> Iterator[str]:
    stock = {
        (r.sku, r.location): (r.on_hand, r.reserved)
        for r in sql.rows("select sku, location, on_hand, reserved from stock where shard = :shard")
    }
    moved = _sums(sql, "select sku, location, change from movement where shard = :shard", keys=2)
    held = _sums(
        sql,
        "select l.sku, r.location, r.quantity from reservation r join order_line l"
        " on l.shard = r.shard and l.order_id = r.order_id and l.no = r.no where r.shard = :shard",
        keys=2,
    )
    for place in stock.keys() | moved.keys() | held.keys():
        on_hand, reserved = stock.get(place, (0, 0))
        if on_hand != moved[place]:
            yield f"{place}: {on_hand} on hand, but its movements make {moved[place]}"
        if reserved != held[place]:
            yield f"{place}: {reserved} reserved, but orders hold {held[place]}"
        if not 0 <= reserved <= on_hand:
            yield f"{place}: {reserved} of {on_hand} reserved"


def _backorders(sql: Sql, orders: dict[str, Order]) -> Iterator[str]:
    promised: dict[str, int] = defaultdict(int)
    for line in (line for order in orders.values() for line in order.lines):
        promised[line.sku] += line.backordered
    for row in sql.rows("select sku, backordered from product where shard = :shard"):
        if row.backordered != promised[row.sku]:
            yield f"{row.sku}: counts {row.backordered} backordered, orders {promised[row.sku]}"


def _ledger(sql: Sql, orders: dict[str, Order]) -> Iterator[str]:
    entries = _sums(
        sql, "select payment_id, kind, amount from payment_entry where shard = :shard", keys=2
    )
    payments = {payment.id: payment for order in orders.values() for payment in order.payments}
    for kind in ("authorised", "captured", "refunded", "voided"):
        for payment in payments.values():
            booked, balance = entries.pop((payment.id, kind), 0), getattr(payment, kind)
            if booked != balance:
                yield f"{payment.id}: {kind} is {balance}, its entries make {booked}"
    yield from (f"entries of an unknown payment: {key}" for key in entries)


def _history(sql: Sql, orders: dict[str, Order]) -> Iterator[str]:
    rows = sql.rows(
        "select order_id, version, process, subject_id, trigger, source, target, actor, reason,"
        " facts, at, hash from history where shard = :shard order by order_id, version"
    )
    told = {order_id: list(mine) for order_id, mine in groupby(rows, lambda row: row.order_id)}
    for order in orders.values():
        mine = [HistoryRow(*row[:10], from_us(row.at), row.hash) for row in told.get(order.id, [])]
        yield from _chain(order, mine)
        yield from _steps(order, mine)
        yield from _types(order, mine)


def _types(order: Order, rows: list[HistoryRow]) -> Iterator[str]:
    """What happens is what docs/reference/events.md says that can happen."""
    for row in rows:
        type_ = event_type(
            process=row.process, trigger=row.trigger, source=row.source, target=row.target
        )
        if type_ not in event_types():
            yield f"{order.number}: nobody documented {type_}"


def _chain(order: Order, rows: list[HistoryRow]) -> Iterator[str]:
    if [row.version for row in rows] != list(range(1, order.version + 1)):
        yield f"{order.number}: is at version {order.version}, its history has {len(rows)} rows"
    before = ""
    for row in rows:
        if row.hash != chained_hash(before, row):
            yield f"{order.number}: the chain breaks at version {row.version}"
        before = row.hash
    if before != order.history_hash:
        yield f"{order.number}: its history does not end with its hash"


def _steps(order: Order, rows: list[HistoryRow]) -> Iterator[str]:
    """Each step starts where the one before ended, and the last one ended in the state it has."""
    states: dict[str, str] = {order.id: ""}
    states |= {payment.id: PAYMENT.start for payment in order.payments}
    states |= {shipment.id: SHIPMENT.start for shipment in order.shipments}
    states |= {returned.id: "" for returned in order.returns}
    for row in rows:
        if row.source != states[row.subject_id]:
            yield f"{order.number}: {row.trigger} from {row.source}, not {states[row.subject_id]}"
        states[row.subject_id] = row.target
    for thing in (order, *order.payments, *order.shipments, *order.returns):
        if states[thing.id] != thing.state:
            yield f"{order.number}: {thing.id} is {thing.state}, told: {states[thing.id]}"


def _columns(sql: Sql, orders: dict[str, Order]) -> Iterator[str]:
    """What is kept beside the order, so that lists are index look-ups."""
    for row in sql.rows(
        "select id, total, paid, refunded, waiting_code, return_count from orders"
        " where shard = :shard"
    ):
        order = orders[row.id]
        kept = (row.total, row.paid, row.refunded, row.waiting_code, row.return_count)
        computed = (
            *(total(order), paid(order), refunded(order), waiting_for(order).code),
            len(order.returns),
        )
        if kept != computed:
            yield f"{order.number}: keeps {kept}, is {computed}"


def _shelves_of_returns(sql: Sql, orders: dict[str, Order]) -> Iterator[str]:
    """What is sold again is on a shelf, and nothing else came back to one."""
    moved = _sums(
        sql,
        "select order_id, sku, change from movement where shard = :shard"
        " and reason in ('returned', 'scrapped')",
        keys=2,
    )
    told: dict[Any, int] = defaultdict(int)
    for order in orders.values():
        skus = {line.no: line.sku for line in order.lines}
        for returned in order.returns:
            for line in returned.lines:
                if returned.state == ReturnState.SETTLED and line.disposition == "restock":
                    told[order.id, skus[line.no]] += line.quantity
    for place in moved.keys() | told.keys():
        if moved.get(place, 0) != told.get(place, 0):
            yield f"{place}: {moved.get(place, 0)} units came back, not {told.get(place, 0)}"


def _order(order: Order) -> Iterator[str]:
    for line in order.lines:
        left = _units(order, line.no, LEFT)
        if left != line.shipped:
            yield f"line {line.no}: {line.shipped} shipped, {left} in parcels that have left"
        for place in {x.location for x in order.shipments}:
            inside = sum(
                dict(x.lines).get(line.no, 0)
                for x in order.shipments
                if x.state in OPEN and x.location == place
            )
            if inside > dict(line.held).get(place, 0):
                yield f"line {line.no}: {inside} in open shipments from {place}, {line.held} held"
    open_units = sum(line.reserved + line.backordered for line in order.lines)
    over = order.state in (*ORDER.ends, OrderState.SHIPPED, OrderState.DELIVERED)
    if over and open_units:
        yield f"{open_units} units are still open"
    if owed(order) > total(order) or total(order) < 0:
        yield f"owes {owed(order)} of {total(order)}"
    yield from _waiting(order)
    yield from _came_back(order)


def _came_back(order: Order) -> Iterator[str]:
    """A unit comes back once, whatever the returns of its order are told."""
    settled = [x for x in order.returns if x.state == ReturnState.SETTLED]
    claimed = [x for x in order.returns if x.state in CLAIMING]
    for line in order.lines:
        back = _returned(settled, line.no)
        if back != line.returned or not 0 <= back <= line.shipped:
            yield f"line {line.no}: {line.returned} returned of {line.shipped}, told: {back}"
        if back + _returned(claimed, line.no) > line.shipped:
            yield f"line {line.no}: more units are to come back than have left"
    if sum(x.credit for x in settled) > total(order) and not any(x.cancelled for x in order.lines):
        yield f"returns are worth more than the {total(order)} of the order"
    for returned in order.returns:
        if returned.state != ReturnState.SETTLED and returned.credit:
            yield f"{returned.id} is {returned.state} and has been paid for"


def _returned(returns: list[Return], no: int) -> int:
    lines = (x for returned in returns for x in returned.lines if x.no == no)
    return sum(x.quantity for x in lines if x.disposition in (None, "restock", "scrap"))


def _waiting(order: Order) -> Iterator[str]:
    waiting = waiting_for(order)
    if (waiting.code is None) != (order.state in ORDER.ends):
        yield f"waits for {waiting.code}"
    if waiting.code in ("decision", "plan"):
        yield f"waits for what is done at once: {waiting.sentence}"
    if waiting.code and not waiting.sentence:
        yield "waits without a sentence"
    if waiting.code == "stock" and not any(line.backordered for line in order.lines):
        yield "waits for stock and needs none"


def _units(order: Order, no: int, states: tuple[ShipmentState, ...]) -> int:
    return sum(dict(x.lines).get(no, 0) for x in order.shipments if x.state in states)


def _nobody_is_forgotten(sql: Sql, orders: dict[str, Order]) -> Iterator[str]:
    """Where free stock meets an order that waits for it, and where money is not ours any more,
    a message is under way that mends it."""
    messages = sql.rows(
        "select effect, order_id, subject_id from outbox where shard = :shard and state = 'open'"
    )
    fills = {m.subject_id for m in messages if m.effect == "stock.fill"}
    returns = {m.order_id for m in messages if m.effect == "payment.return"}
    free = {
        row.sku
        for row in sql.rows(
            "select s.sku from stock s join location l on l.shard = s.shard"
            " and l.code = s.location and l.active = 1 where s.shard = :shard group by s.sku"
            " having sum(s.on_hand - s.reserved) > 0"
        )
    }
    for order in orders.values():
        short = {line.sku for line in order.lines if line.backordered}
        if order.state in WAITS_FOR_STOCK and (short & free) - fills:
            yield f"{order.number} waits for {short & free}, which is there"
        given_up = order.state in (OrderState.CANCELLED, OrderState.REJECTED)
        if given_up and secured(order) > 0 and order.id not in returns:
            yield f"{order.number} is {order.state}, and nobody returns {secured(order)}"


def _sums(sql: Sql, query: str, *, keys: int) -> dict[Any, int]:
    """The last column added up by the columns before it."""
    sums: dict[Any, int] = defaultdict(int)
    for row in sql.rows(query):
        sums[tuple(row[:keys])] += row[keys]
    return sums
