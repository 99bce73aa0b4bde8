"""Guards: small pure questions about an order. None means yes; a Refusal says why not."""

from purvey.domain.amounts import due, secured
from purvey.domain.money import to_text
from purvey.domain.order import Line, Order, Payment, Return, Shipment
from purvey.domain.returns import quantities, returnable, taken_back, too_many
from purvey.domain.states import OrderState, PaymentState, ReturnState, ShipmentState
from purvey.domain.waiting import came_back
from purvey.kit.process import Facts, Refusal

BEING_FULFILLED = frozenset({OrderState.READY, OrderState.FULFILLING})
ON_THE_WAY = frozenset(
    {ShipmentState.HANDED_OVER, ShipmentState.IN_TRANSIT, ShipmentState.OUT_FOR_DELIVERY}
)
NOT_ARRIVED = ON_THE_WAY | {ShipmentState.LOST, ShipmentState.RETURNED_TO_SENDER}
NOT_DELIVERED = frozenset(
    {ShipmentState.LOST, ShipmentState.RETURNED_TO_SENDER, ShipmentState.TAKEN_BACK}
)
OVER = frozenset({OrderState.CLOSED, OrderState.CANCELLED, OrderState.REJECTED})


class ShipmentOf:
    """A shipment together with its order: what a guard of the shipment process looks at."""

    __slots__ = ("order", "shipment")

    def __init__(self, order: Order, shipment: Shipment):
        self.order, self.shipment = order, shipment

    @property
    def state(self) -> ShipmentState:
        return self.shipment.state


class PaymentOf:
    """A payment together with its order."""

    __slots__ = ("order", "payment")

    def __init__(self, order: Order, payment: Payment):
        self.order, self.payment = order, payment

    @property
    def state(self) -> PaymentState:
        return self.payment.state


class ReturnOf:
    """A return together with its order."""

    __slots__ = ("order", "returned")

    def __init__(self, order: Order, returned: Return):
        self.order, self.returned = order, returned

    @property
    def state(self) -> ReturnState:
        return self.returned.state


def reason_given(order: Order, facts: Facts) -> Refusal | None:
    if not str(facts.get("reason") or "").strip():
        return Refusal("reason_missing", "Say why, in `reason`.", pointer="/reason")
    return None


def no_hold_blocks_acceptance(order: Order, facts: Facts) -> Refusal | None:
    return _blocked(order, "accept")


def no_hold_blocks_fulfilment(order: Order, facts: Facts) -> Refusal | None:
    return _blocked(order, "fulfil")


def _blocked(order: Order, trigger: str) -> Refusal | None:
    hold = next((hold for hold in order.open_holds if trigger in hold.blocks), None)
    if hold is None:
        return None
    return Refusal("held", f"On hold: {hold.reason}", allowed=("release",))


def enough_is_reserved(order: Order, facts: Facts) -> Refusal | None:
    """Ship-complete orders wait for every unit, others for the first."""
    short = sum(line.backordered for line in order.lines)
    if short and (order.ship_complete or not any(line.reserved for line in order.lines)):
        return Refusal("stock_short", f"{short} units are not reserved yet.")
    return None


def money_covers_total(order: Order, facts: Facts) -> Refusal | None:
    missing = due(order) - secured(order)
    if missing > 0:
        return Refusal(
            "underpaid", f"{to_text(missing, order.currency)} {order.currency} is missing."
        )
    return None


def nothing_left_the_building(order: Order, facts: Facts) -> Refusal | None:
    if any(line.shipped for line in order.lines):
        return Refusal(
            "already_shipped", "Part of it has left the building: take a return instead."
        )
    return None


def every_unit_has_left(order: Order, facts: Facts) -> Refusal | None:
    if any(line.reserved or line.backordered for line in order.lines):
        return Refusal("not_all_shipped", "Some units have not left the building.")
    return None


def only_backordered_units_are_left(order: Order, facts: Facts) -> Refusal | None:
    if any(line.reserved for line in order.lines):
        return Refusal("not_all_shipped", "Some reserved units have not left the building.")
    return None


def it_waits_to_be_complete(order: Order, facts: Facts) -> Refusal | None:
    if not (order.ship_complete and any(line.backordered for line in order.lines)):
        return Refusal("may_go_in_parts", "What is there may be sent now.")
    return None


def every_parcel_has_arrived(order: Order, facts: Facts) -> Refusal | None:
    """At the customer, or back here; then its return is over as well."""
    if any(shipment.state in NOT_ARRIVED for shipment in order.shipments):
        return Refusal("on_the_way", "A parcel is on its way, lost or coming back.")
    if came_back(order):
        return Refusal("on_the_way", "A parcel came back, and its return is not settled.")
    return None


def a_parcel_was_delivered(order: Order, facts: Facts) -> Refusal | None:
    if not any(shipment.state == ShipmentState.DELIVERED for shipment in order.shipments):
        return Refusal("not_delivered", "No parcel was delivered.")
    return None


def a_parcel_did_not_arrive(order: Order, facts: Facts) -> Refusal | None:
    if not any(shipment.state in NOT_DELIVERED for shipment in order.shipments):
        return Refusal("on_the_way", "A parcel is still on its way.")
    return None


# Guards of a shipment and of a payment see (order, shipment) and (order, payment) as one subject.


def order_is_being_fulfilled(subject: ShipmentOf, facts: Facts) -> Refusal | None:
    if subject.order.state not in BEING_FULFILLED:
        words = subject.order.state.replace("_", " ")
        return Refusal("order_not_ready", f"The order is {words}; it cannot be picked now.")
    return no_hold_blocks_fulfilment(subject.order, facts)


def no_hold_blocks_shipment(subject: ShipmentOf, facts: Facts) -> Refusal | None:
    return no_hold_blocks_fulfilment(subject.order, facts)


def units_are_missing(subject: ShipmentOf, facts: Facts) -> Refusal | None:
    """`found` units of `line` are there: fewer than the parcel is to have."""
    line, found = facts.get("line"), facts.get("found")
    wanted = sum(units for no, units in subject.shipment.lines if no == line)
    if not wanted:
        return Refusal("no_such_line", "The parcel has no such line.", pointer="/line")
    if not isinstance(found, int) or not 0 <= found < wanted:
        sentence = f"Say how many are there: 0 to {wanted - 1} of {wanted}."
        return Refusal("bad_quantity", sentence, pointer="/found")
    return None


def customer_collects(subject: ShipmentOf, facts: Facts) -> Refusal | None:
    if subject.shipment.method != "pickup":
        return Refusal("not_collected", "A carrier takes this parcel; nobody collects it.")
    return None


def label_is_there(subject: ShipmentOf, facts: Facts) -> Refusal | None:
    if subject.shipment.tracking_number is None and subject.shipment.method != "pickup":
        return Refusal("label_missing", "The carrier has not given a label yet; try again shortly.")
    return None


def order_is_not_over(subject: ShipmentOf, facts: Facts) -> Refusal | None:
    if subject.order.state in OVER:
        sentence = f"The order is {subject.order.state}: nothing is sent any more."
        return Refusal("order_not_ready", sentence)
    return None


def no_return_has_its_goods(subject: ShipmentOf, facts: Facts) -> Refusal | None:
    out = returnable(subject.order, arrived=False)
    if any(units > out.get(no, 0) for no, units in subject.shipment.lines):
        sentence = "A return has its goods: settle or refuse that, and place a new order."
        return Refusal("in_a_return", sentence)
    return None


def taken_by_hand(subject: PaymentOf, facts: Facts) -> Refusal | None:
    if subject.payment.method == "gateway":
        return Refusal("gateway_payment", "The gateway moves this money, not a person.")
    return None


def at_a_gateway(subject: PaymentOf, facts: Facts) -> Refusal | None:
    if subject.payment.method != "gateway":
        return Refusal("not_at_a_gateway", "No gateway was asked for this money.")
    return None


def amount_is_due(subject: PaymentOf, facts: Facts) -> Refusal | None:
    return _within(subject, facts, subject.payment.amount - subject.payment.captured, "captured")


def amount_is_held(subject: PaymentOf, facts: Facts) -> Refusal | None:
    return _within(subject, facts, subject.payment.held, "captured")


def amount_was_received(subject: PaymentOf, facts: Facts) -> Refusal | None:
    return _within(subject, facts, subject.payment.received, "refunded")


def order_can_do_without(subject: PaymentOf, facts: Facts) -> Refusal | None:
    order, payment = subject.order, subject.payment
    over = order.state in (OrderState.CANCELLED, OrderState.REJECTED, OrderState.CLOSED)
    if over or secured(order) - payment.held >= due(order):
        return None
    return Refusal("still_needed", "The order needs this payment: cancel the order instead.")


def every_unit_is_judged(subject: ReturnOf, facts: Facts) -> Refusal | None:
    if all(line.condition and line.disposition for line in subject.returned.lines):
        return None
    sentence = "Say of each unit what it is like and what becomes of it."
    return Refusal("not_inspected", sentence, pointer="/lines")


def something_is_taken_back(subject: ReturnOf, facts: Facts) -> Refusal | None:
    if taken_back(subject.returned):
        return None
    sentence = "Nothing of it is taken back: refuse the return and say why."
    return Refusal("nothing_taken_back", sentence, allowed=("refuse", "inspect"))


def units_are_still_out(subject: ReturnOf, facts: Facts) -> Refusal | None:
    """Of what has left the building, what came back before and what other returns claim."""
    order, returned = subject.order, subject.returned
    most = returnable(order, arrived=False, besides=returned.id)
    wanted = taken_back(returned) or quantities(returned.lines)
    return too_many(wanted, most)


def _within(subject: PaymentOf, facts: Facts, most: int, verb: str) -> Refusal | None:
    if 0 < int(facts.get("amount") or 0) <= most:
        return None
    currency = subject.order.currency
    sentence = f"At most {to_text(max(0, most), currency)} {currency} can be {verb}."
    return Refusal("amount_out_of_range", sentence, pointer="/amount")


def open_units(line: Line) -> int:
    """Units that can still be cancelled."""
    return line.reserved + line.backordered
