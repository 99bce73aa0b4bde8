"""Correct where an order goes. It is checked again; what is wrong with it holds the order."""

from purvey.domain.checks.address import address_findings
from purvey.domain.draft import Address
from purvey.domain.order import Hold, Order
from purvey.domain.states import OrderState
from purvey.kit.frozen import evolve
from purvey.operations.batch import Batch
from purvey.operations.hold import ACCEPTANCE, FULFILMENT, go_on

ADDRESS_HOLD = "address"


def readdress(batch: Batch, order: Order, address: Address) -> Order:
    """Holds about the old address are released; new findings become holds of the next step."""
    act = batch.act
    blocks = ACCEPTANCE if order.state == OrderState.IN_REVIEW else FULFILMENT
    holds = tuple(
        evolve(hold, released_at=act.now, released_by=act.actor)
        if hold.type == ADDRESS_HOLD and hold.released_at is None
        else hold
        for hold in order.holds
    )
    new = tuple(
        Hold(
            id=act.new_id("hld"),
            type=ADDRESS_HOLD,
            reason=finding.sentence,
            blocks=(blocks,),
            by=act.actor,
            since=act.now,
        )
        for finding in address_findings(address, act.policies)
        if finding.severity != "note"
    )
    order = batch.record(
        evolve(order, ship_to=address, holds=(*holds, *new)),
        process="order",
        subject_id=order.id,
        trigger="address_changed",
        source=order.state,
        target=order.state,
    )
    after = go_on(batch, order)
    assert isinstance(after, Order), after
    return after
