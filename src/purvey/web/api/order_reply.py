"""One order as an answer, and the frame around every change of one."""

from collections.abc import Callable

from starlette.responses import Response

from purvey.domain.order import Order
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.queries.orders import expected_for, find_order_id
from purvey.storage.sql import Sql
from purvey.storage.transaction import SqlTransaction
from purvey.web.api.caller import Caller, Changer, Json, Reply, accepted
from purvey.web.api.order_json import order_json
from purvey.web.problems import not_found

OrderWork = Callable[[SqlTransaction, Act, str], list[Order | Refusal]]


def change_order(caller: Changer, name: str, *, work: OrderWork, status: int = 200) -> Response:
    """Do `work` to the order with that id or number. Raises Problem."""

    def run(tx: SqlTransaction, act: Act) -> Reply:
        order_id = order_id_of(tx.sql, name)
        caller.check_version(tx, act, order_id=order_id)
        [answer] = work(tx, act, order_id)
        return Reply(order_content(caller, tx.sql, order=accepted(answer)), status)

    return caller.change(run)


def order_id_of(sql: Sql, name: str) -> str:
    """Raises Problem (404)."""
    order_id = find_order_id(sql, name)
    if order_id is None:
        raise not_found("order")
    return order_id


def order_content(caller: Caller, sql: Sql, *, order: Order) -> Json:
    site = caller.house.settings.web_address
    return order_json(
        order, site=site, expected=expected_for(sql, [order], today=caller.house.today())
    )
