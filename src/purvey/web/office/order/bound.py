"""Do something to the order as it was shown: when somebody else was faster, nothing is done.

The operations that know no version of their own get one here, under the order's lock.
"""

from collections.abc import Callable
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.batch import Batch
from purvey.operations.decide import version_refusal
from purvey.storage.transaction import SqlTransaction
from purvey.web.office.door import Visitor
from purvey.web.office.html import back
from purvey.web.office.order.found import order_at, version_of
from purvey.web.office.order.page import order_page

Wish = Callable[[Order], object | Refusal]
STALE = "changed_meanwhile"


def do(
    request: Request,
    visitor: Visitor,
    form: FormData,
    *,
    operation: Callable[..., list[Any]],
    wish: Wish,
    told: str,
) -> Response:
    """Back to the order, which says what was done, or why not. What was typed stays."""
    with visitor.reading() as sql:
        order = order_at(sql, request)
    wanted = wish(order)
    answer = wanted
    if not isinstance(wanted, Refusal):
        answer = _run(visitor, order.id, form, operation=operation, wanted=wanted)
    if isinstance(answer, Refusal):
        return order_page(visitor, order.id, refusal=answer, form=form)
    return back(f"/orders/{order.number}", told=told)


def _run(
    visitor: Visitor,
    order_id: str,
    form: FormData,
    *,
    operation: Callable[..., list[Any]],
    wanted: object,
) -> Any:
    """What the operation answers, or the refusal of an order that is another one by now."""
    act, version = visitor.house.act(visitor.actor), version_of(form)

    def work(tx: SqlTransaction) -> Any:
        if version is not None:
            batch = Batch.open(tx, act, {order_id}, with_stock=True)
            stale = version_refusal(batch.orders[order_id], version)
            if stale is not None:
                return stale
        return operation(tx, [wanted], act=act)[0]

    return visitor.run(work)
