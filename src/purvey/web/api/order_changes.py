"""What people and programs ask of an order: decide about it, pay it, change it."""

from collections import Counter
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from purvey.operations.act import Act
from purvey.operations.change import OrderChange, change
from purvey.operations.decide import Decision, decide
from purvey.operations.move_money import PayAgain, pay_again
from purvey.queries.orders import read_orders
from purvey.storage.transaction import SqlTransaction
from purvey.web.api.answers import ChangedOrder, OrderOut
from purvey.web.api.caller import Changer, Reply, accepted, posts
from purvey.web.api.documented import API, Name, shows
from purvey.web.api.drafts import address_of, payment_choice
from purvey.web.api.order_json import difference_json
from purvey.web.api.order_reply import change_order, order_content, order_id_of
from purvey.web.api.order_shapes import AddressIn, PaymentIn
from purvey.web.api.shapes import MAX_LINES, Quantity, Reason, Shape
from purvey.web.bodies import StrictRoute
from purvey.web.problems import error_at, of_fields

router = APIRouter(prefix=f"{API}/orders/{{order}}", tags=["orders"], route_class=StrictRoute)
Writer = Annotated[Changer, posts("orders:write")]
Trigger = Literal["approve", "reject", "cancel", "close"]


class Reasoned(Shape):
    """Needed to reject and to cancel."""

    reason: Reason = ""


class PayIn(Shape):
    payment: PaymentIn


class CancelLine(Shape):
    line: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}$", description="`id` of the line")]
    quantity: Quantity


class ChangeIn(Shape):
    """Units to cancel, a corrected address, or both."""

    preview: bool = Field(False, description="Only show what it would do")
    reason: Reason = ""
    cancel: Annotated[list[CancelLine], Field(max_length=MAX_LINES)] | None = None
    ship_to: AddressIn | None = None

    @property
    def units(self) -> Counter[int]:
        """To cancel, by line."""
        units = Counter[int]()
        for line in self.cancel or ():
            units[int(line.line)] += line.quantity
        return units


@router.post("/pay", **shows(OrderOut))
def pay(*, order: Name, body: PayIn, caller: Writer) -> Response:
    """Pay another way: after a refusal, or instead of a transfer that has not come."""
    errors: list[dict[str, str]] = []
    gateways = caller.house.policies.gateways
    choice = payment_choice(body.payment, errors, gateways=gateways)
    if errors:
        raise of_fields(errors)
    return change_order(
        caller,
        order,
        work=lambda tx, act, id_: pay_again(tx, [PayAgain(order_id=id_, choice=choice)], act=act),
    )


@router.post("/edit", include_in_schema=False, **shows(ChangedOrder))
@router.post("/changes", **shows(ChangedOrder))
def edit_order(*, order: Name, body: ChangeIn, caller: Writer) -> Response:
    """Cancel units, correct the address. With `preview` it is only shown what that would do."""
    if not body.units and body.ship_to is None:
        sentence = "Give `cancel`, `ship_to` or both."
        raise of_fields([error_at("", code="nothing_to_change", detail=sentence)])

    def work(tx: SqlTransaction, act: Act) -> Reply:
        order_id = order_id_of(tx.sql, order)
        before = read_orders(tx.sql, [order_id])[order_id]
        wish = OrderChange(
            order_id=order_id,
            cancel=body.units,
            ship_to=address_of(body.ship_to),
            reason=body.reason,
            version=caller.version,
        )
        [answer] = change(tx, [wish], act=act, preview=body.preview)
        after = accepted(answer)
        difference = difference_json(before, after)
        shown = order_content(caller, tx.sql, order=after)
        return Reply({**shown, "preview": body.preview, "difference": difference})

    return caller.change(work)


@router.post("/{trigger}", **shows(OrderOut))
def decide_order(
    *, order: Name, trigger: Trigger, caller: Writer, body: Reasoned | None = None
) -> Response:
    """Take a step that the order's `allowed` names."""
    reason = body.reason if body else ""
    return change_order(
        caller,
        order,
        work=lambda tx, act, order_id: decide(
            tx, [Decision(order_id=order_id, trigger=trigger, reason=reason)], act=act
        ),
    )
