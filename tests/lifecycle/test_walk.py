"""Walk the order's table the way the world does: any trigger at any time, facts of any kind."""

from hypothesis import given, settings
from hypothesis import strategies as st

from purvey.domain.order import Order
from purvey.domain.states import OrderState, ShipmentState
from purvey.kit.process import Refusal
from purvey.lifecycle import ORDER
from tests.lifecycle.subjects import a_hold, a_line, a_payment, a_shipment, an_order

TRIGGERS = (*ORDER.request_names, *ORDER.report_names)
FULFILMENT = {OrderState.READY, OrderState.FULFILLING, OrderState.SHIPPED}


@st.composite
def circumstances(draw: st.DrawFn) -> Order:
    """An order of three units that are anywhere, more or less paid, with parcels anywhere."""
    reserved, backordered, shipped = (draw(st.integers(0, 3)) for _ in range(3))
    cancelled = draw(st.integers(0, 3))
    ordered = reserved + backordered + shipped + cancelled
    line = a_line(
        ordered=ordered,
        reserved=reserved,
        backordered=backordered,
        shipped=shipped,
        cancelled=cancelled,
        held=(("main", reserved),) if reserved else (),
    )
    states = draw(st.lists(st.sampled_from(list(ShipmentState)), max_size=2))
    return an_order(
        lines=(line,),
        ship_complete=draw(st.booleans()),
        payments=(a_payment(authorised=draw(st.integers(0, 4000))),),
        shipments=tuple(a_shipment(id=f"shp_{n}", state=x) for n, x in enumerate(states)),
        holds=draw(st.sampled_from([(), (a_hold("accept"),), (a_hold("fulfil"),)])),
    )


@given(
    walk=st.lists(
        st.tuples(
            st.sampled_from(TRIGGERS), circumstances(), st.sampled_from([{}, {"reason": "x"}])
        ),
        max_size=20,
    )
)
@settings(max_examples=150, deadline=None)
def test_the_world_may_do_what_it_likes(walk: list[tuple[str, Order, dict[str, str]]]):
    state = ORDER.start
    for trigger, order, facts in walk:
        step = ORDER.decide(order.at(OrderState(state), order.state_since), trigger, facts)
        if isinstance(step, Refusal):
            assert trigger in ORDER.request_names, f"report {trigger} was refused in {state}"
            assert step.sentence
            continue
        assert state not in ORDER.ends or step.target == state, f"{state} is no end"
        assert step.target in ORDER.states
        if step.target in FULFILMENT and state not in FULFILMENT:
            assert state in (OrderState.RESERVED, OrderState.BACKORDERED), f"{trigger} skips money"
        state = step.target
