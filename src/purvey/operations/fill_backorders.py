"""Give free stock to the orders that wait for it, first promised first."""

from collections.abc import Callable, Collection

from purvey.domain.guards import BEING_FULFILLED
from purvey.domain.states import OrderState
from purvey.operations.act import Act
from purvey.operations.advance import report
from purvey.operations.batch import Batch
from purvey.operations.effects import fill_message, reserve_open_units
from purvey.ports.storage import Transaction

ORDERS_AT_ONCE = 200
# Also orders of which a part is on its way to the parcel: their rest keeps its turn.
WAITING = frozenset({OrderState.BACKORDERED, OrderState.RESERVED, *BEING_FULFILLED})


def fill_backorders(
    tx: Transaction,
    skus: Collection[str],
    *,
    act: Act,
    also: Callable[[Transaction], None] | None = None,
) -> int:
    """Fill what can be filled; returns how many orders got something.

    At most ORDERS_AT_ONCE orders a transaction; when there were as many, the rest is promised.
    """
    waiting = tx.orders.waiting_for_stock(skus, ORDERS_AT_ONCE)
    batch = Batch.open(tx, act, waiting, with_stock=True)
    filled = 0
    for order_id in waiting:
        order = batch.orders[order_id]
        if order.state in WAITING:
            after = batch.put(reserve_open_units(batch, order))
            if after is not order:
                report(batch, after, "stock_reserved")
                filled += 1
    batch.save()
    if filled and len(waiting) == ORDERS_AT_ONCE:
        tx.messages.add([fill_message(act, sku, cause=act.new_id("fill")) for sku in sorted(skus)])
    if also is not None:
        also(tx)
    return filled
