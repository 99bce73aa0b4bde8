"""THE PROCESS on one page: order, payment, shipment, return. One row, one step.

Nothing outside `operations/advance.py` changes a state, and it only follows these rows. The same
rows draw docs/lifecycle.md, give the API its `allowed` list and the back office its buttons.

*Requests* (people, programs) may be refused by a guard. *Reports* (gateways, carriers, clocks, our
own stock) say what has already happened: the last row of each is unguarded, and `late` says what a
report still does in a state that has no row for it. Where several rows share trigger and state, the
first whose guards pass is taken.
"""

from purvey.domain import guards as only_if
from purvey.domain.effects import Effect as do
from purvey.domain.states import OrderState as o
from purvey.domain.states import PaymentState as p
from purvey.domain.states import ReturnState as r
from purvey.domain.states import ShipmentState as s
from purvey.kit.process import Process

BEFORE_SHIPPING = (
    o.RECEIVED,
    o.IN_REVIEW,
    o.ACCEPTED,
    o.BACKORDERED,
    o.RESERVED,
    o.READY,
    o.FULFILLING,
)
AFTER_READY = (o.READY, o.FULFILLING, o.BACKORDERED)
AFTER_RESERVED = (o.RESERVED, *AFTER_READY)
GIVE_ALL_BACK = [
    do.CANCEL_SHIPMENTS,
    do.RELEASE_STOCK,
    do.CLOSE_PAYMENTS,
    do.RETURN_MONEY,
    do.TELL_CANCELLED,
]
HANDED_OVER = [do.CAPTURE_PAYMENT]

# fmt: off
ORDER = Process("order", start=o.RECEIVED, ends=frozenset({o.CLOSED, o.REJECTED, o.CANCELLED}), requests=(
    # trigger              from                            to             only if                                   then do
    ("accept",             o.RECEIVED,                     o.ACCEPTED,    [only_if.no_hold_blocks_acceptance],      [do.RESERVE_STOCK, do.TELL_CONFIRMED]),
    ("approve",            o.IN_REVIEW,                    o.ACCEPTED,    [only_if.no_hold_blocks_acceptance],      [do.RESERVE_STOCK, do.TELL_CONFIRMED]),
    ("reject",             o.IN_REVIEW,                    o.REJECTED,    [only_if.reason_given],                   GIVE_ALL_BACK),
    ("cancel",             BEFORE_SHIPPING,                o.CANCELLED,   [only_if.reason_given,
                                                                           only_if.nothing_left_the_building],      GIVE_ALL_BACK),
    ("pay",                o.RESERVED,                     o.RESERVED,    [],                                       [do.REQUEST_PAYMENT]),
    ("close",              o.DELIVERED,                    o.CLOSED,      [],                                       [do.RETURN_MONEY]),
    ("close",              o.SHIPPED,                      o.CLOSED,      [only_if.reason_given,
                                                                           only_if.a_parcel_did_not_arrive],        [do.RETURN_MONEY]),
), reports=(
    ("held",               (o.RECEIVED, o.ACCEPTED),       o.IN_REVIEW,   [],                                       [do.RESERVE_STOCK]),
    ("hold_expired",       o.IN_REVIEW,                    o.IN_REVIEW,   [],                                       [do.RELEASE_STOCK]),
    ("stock_reserved",     (o.ACCEPTED, o.BACKORDERED),    o.RESERVED,    [only_if.enough_is_reserved],             [do.REQUEST_PAYMENT]),
    ("stock_reserved",     o.BACKORDERED,                  o.BACKORDERED, [],                                       []),
    ("stock_reserved",     o.ACCEPTED,                     o.BACKORDERED, [],                                       [do.TELL_WAITING]),
    ("stock_reserved",     o.READY,                        o.READY,       [],                                       [do.PLAN_SHIPMENTS]),
    ("stock_reserved",     o.FULFILLING,                   o.FULFILLING,  [],                                       [do.PLAN_SHIPMENTS]),
    ("payment_secured",    o.RESERVED,                     o.BACKORDERED, [only_if.money_covers_total,
                                                                           only_if.only_backordered_units_are_left], [do.RETURN_MONEY]),
    ("payment_secured",    o.RESERVED,                     o.READY,       [only_if.money_covers_total],             [do.PLAN_SHIPMENTS, do.RETURN_MONEY]),
    ("payment_secured",    o.RESERVED,                     o.RESERVED,    [],                                       []),
    ("payment_declined",   o.RESERVED,                     o.RESERVED,    [],                                       [do.TELL_DECLINED]),
    ("payment_overdue",    o.RESERVED,                     o.CANCELLED,   [only_if.nothing_left_the_building],      GIVE_ALL_BACK),
    ("payment_overdue",    o.RESERVED,                     o.RESERVED,    [],                                       []),
    ("picking_started",    o.READY,                        o.FULFILLING,  [],                                       []),
    ("handed_over",        AFTER_READY,                    o.SHIPPED,     [only_if.every_unit_has_left],            HANDED_OVER),
    ("handed_over",        AFTER_READY,                    o.BACKORDERED, [only_if.only_backordered_units_are_left], HANDED_OVER),
    ("handed_over",        AFTER_READY,                    o.FULFILLING,  [],                                       HANDED_OVER),
    ("picked_short",       AFTER_READY,                    o.BACKORDERED, [only_if.it_waits_to_be_complete],        [do.CANCEL_SHIPMENTS, do.TELL_WAITING]),
    ("picked_short",       AFTER_READY,                    o.BACKORDERED, [only_if.only_backordered_units_are_left], [do.TELL_WAITING]),
    ("picked_short",       o.READY,                        o.READY,       [],                                       [do.PLAN_SHIPMENTS]),
    ("picked_short",       (o.FULFILLING, o.BACKORDERED),  o.FULFILLING,  [],                                       [do.PLAN_SHIPMENTS]),
    ("rest_cancelled",     AFTER_RESERVED,                 o.SHIPPED,     [only_if.every_unit_has_left],            [do.RETURN_MONEY]),
    ("rest_cancelled",     o.RESERVED,                     o.RESERVED,    [],                                       [do.RETURN_MONEY]),
    ("rest_cancelled",     o.BACKORDERED,                  o.BACKORDERED, [],                                       [do.RETURN_MONEY]),
    ("rest_cancelled",     (o.READY, o.FULFILLING),        o.BACKORDERED, [only_if.only_backordered_units_are_left], [do.RETURN_MONEY]),
    ("rest_cancelled",     o.READY,                        o.READY,       [],                                       [do.RETURN_MONEY]),
    ("rest_cancelled",     o.FULFILLING,                   o.FULFILLING,  [],                                       [do.RETURN_MONEY]),
    ("parcel_arrived",     o.SHIPPED,                      o.DELIVERED,   [only_if.every_parcel_has_arrived],       [do.CLOSE_LATER]),
    ("parcel_arrived",     o.SHIPPED,                      o.SHIPPED,     [],                                       []),
    ("parcel_came_back",   (o.SHIPPED, o.BACKORDERED),     o.FULFILLING,  [],                                       [do.PLAN_SHIPMENTS]),
    ("parcel_came_back",   o.READY,                        o.READY,       [],                                       [do.PLAN_SHIPMENTS]),
    ("parcel_came_back",   o.FULFILLING,                   o.FULFILLING,  [],                                       [do.PLAN_SHIPMENTS]),
    ("return_ended",       o.SHIPPED,                      o.DELIVERED,   [only_if.every_parcel_has_arrived,
                                                                           only_if.a_parcel_was_delivered],         [do.CLOSE_LATER]),
    ("return_ended",       o.SHIPPED,                      o.CLOSED,      [only_if.every_parcel_has_arrived],       [do.RETURN_MONEY]),
    ("return_ended",       o.SHIPPED,                      o.SHIPPED,     [],                                       []),
    ("close_due",          o.DELIVERED,                    o.CLOSED,      [],                                       [do.RETURN_MONEY]),
), late={
    "held":             [],
    "hold_expired":     [],
    "stock_reserved":   [],
    "payment_secured":  [do.RETURN_MONEY],
    "payment_declined": [],
    "payment_overdue":  [],
    "picking_started":  [],
    "handed_over":      HANDED_OVER,
    "picked_short":     [],
    "rest_cancelled":   [do.RETURN_MONEY],
    "parcel_arrived":   [],
    "parcel_came_back": [],
    "return_ended":     [],
    "close_due":        [],
})

UNANSWERED = (p.REQUESTED, p.UNKNOWN)
OPEN = (p.REQUESTED, p.UNKNOWN, p.AUTHORISED)
WITH_MONEY = (p.CAPTURED, p.REFUNDED)
OPEN_BY_HAND = (p.REQUESTED, p.AUTHORISED, p.CAPTURED, p.VOIDED)  # a transfer may come too late

PAYMENT = Process("payment", start=p.REQUESTED, ends=frozenset({p.DECLINED}), requests=(
    ("capture",            OPEN_BY_HAND,                   p.CAPTURED,    [only_if.taken_by_hand,
                                                                           only_if.amount_is_due],                  []),
    ("capture",            p.AUTHORISED,                   p.AUTHORISED,  [only_if.amount_is_held],                 [do.CAPTURE_EXACTLY]),
    ("void",               (p.REQUESTED, p.AUTHORISED),    p.VOIDED,      [only_if.taken_by_hand,
                                                                           only_if.order_can_do_without],           []),
    ("void",               p.AUTHORISED,                   p.AUTHORISED,  [only_if.order_can_do_without],           [do.VOID_EXACTLY]),
    ("refund",             WITH_MONEY,                     p.REFUNDED,    [only_if.taken_by_hand,
                                                                           only_if.amount_was_received],            [do.TELL_REFUNDED]),
    ("refund",             p.CAPTURED,                     p.CAPTURED,    [only_if.amount_was_received],            [do.REFUND_EXACTLY]),
    ("refund",             p.REFUNDED,                     p.REFUNDED,    [only_if.amount_was_received],            [do.REFUND_EXACTLY]),
), reports=(
    ("payment_authorised", UNANSWERED,                     p.AUTHORISED,  [],                                       []),
    ("payment_declined",   UNANSWERED,                     p.DECLINED,    [],                                       []),
    ("payment_needs_customer", UNANSWERED,                 p.REQUESTED,   [],                                       []),
    ("payment_unknown",    UNANSWERED,                     p.UNKNOWN,     [],                                       [do.ASK_GATEWAY]),
    ("payment_unheard_of", p.UNKNOWN,                      p.REQUESTED,   [],                                       [do.REQUEST_PAYMENT]),
    ("payment_captured",   (*OPEN, p.CAPTURED),            p.CAPTURED,    [],                                       []),
    ("payment_voided",     OPEN,                           p.VOIDED,      [],                                       []),
    ("payment_refunded",   WITH_MONEY,                     p.REFUNDED,    [],                                       [do.TELL_REFUNDED]),
    ("payment_closed",     UNANSWERED,                     p.VOIDED,      [only_if.at_a_gateway],                   [do.CALL_OFF]),
    ("payment_closed",     UNANSWERED,                     p.VOIDED,      [],                                       []),
), late={
    "payment_authorised": [do.RETURN_MONEY],
    "payment_declined":   [],
    "payment_needs_customer": [],
    "payment_unknown":    [do.ASK_GATEWAY],
    "payment_unheard_of": [],
    "payment_captured":   [do.RETURN_MONEY],
    "payment_voided":     [],
    "payment_refunded":   [],
    "payment_closed":     [],
})

WITH_CARRIER = (s.HANDED_OVER, s.IN_TRANSIT, s.OUT_FOR_DELIVERY)
ON_THE_WAY = (*WITH_CARRIER, s.LOST, s.RETURNED_TO_SENDER)  # what was lost may turn up
BEFORE_HAND_OVER = (s.PLANNED, s.PICKING, s.PACKED)

SHIPMENT = Process("shipment", start=s.PLANNED, ends=frozenset({s.DELIVERED, s.TAKEN_BACK, s.SENT_AGAIN, s.CANCELLED}), requests=(
    ("pick",               s.PLANNED,                      s.PICKING,     [only_if.order_is_being_fulfilled],       []),
    ("short_pick",         s.PICKING,                      s.PICKING,     [only_if.units_are_missing],              []),
    ("pack",               s.PICKING,                      s.PACKED,      [only_if.no_hold_blocks_shipment,
                                                                           only_if.customer_collects],              [do.TELL_READY_TO_COLLECT]),
    ("pack",               s.PICKING,                      s.PACKED,      [only_if.no_hold_blocks_shipment],        [do.BUY_LABEL]),
    ("hand_over",          s.PACKED,                       s.HANDED_OVER, [only_if.no_hold_blocks_shipment,
                                                                           only_if.customer_collects],              []),
    ("hand_over",          s.PACKED,                       s.HANDED_OVER, [only_if.no_hold_blocks_shipment,
                                                                           only_if.label_is_there],                 [do.TELL_SHIPPED, do.TRACK]),
    ("deliver",            ON_THE_WAY,                     s.DELIVERED,   [],                                       [do.TELL_DELIVERED]),
    ("send_again",         s.RETURNED_TO_SENDER,           s.SENT_AGAIN,  [only_if.order_is_not_over,
                                                                           only_if.no_return_has_its_goods],        []),
), reports=(
    ("label_bought",       s.PACKED,                       s.PACKED,      [],                                       []),
    ("in_transit",         s.HANDED_OVER,                  s.IN_TRANSIT,  [],                                       []),
    ("out_for_delivery",   (s.HANDED_OVER, s.IN_TRANSIT),  s.OUT_FOR_DELIVERY, [],                                [do.TELL_OUT_FOR_DELIVERY]),
    ("delivered",          ON_THE_WAY,                     s.DELIVERED,   [],                                       [do.TELL_DELIVERED]),
    ("lost",               (*WITH_CARRIER, s.RETURNED_TO_SENDER), s.LOST, [],                                       []),
    ("returned_to_sender", (*WITH_CARRIER, s.LOST),        s.RETURNED_TO_SENDER, [],                                [do.TELL_NOT_DELIVERED]),
    ("taken_back",         ON_THE_WAY,                     s.TAKEN_BACK,  [],                                       []),
    ("called_off",         BEFORE_HAND_OVER,               s.CANCELLED,   [],                                       [do.CANCEL_LABEL]),
), late={
    "label_bought": [do.CANCEL_LABEL],
    "in_transit":   [],
    "out_for_delivery": [],
    "delivered":    [],
    "lost":         [],
    "returned_to_sender": [],
    "taken_back":   [],
    "called_off":   [],
})

BEFORE_ITS_PARCEL = (r.REQUESTED, r.APPROVED)

RETURN = Process("return", start=r.REQUESTED, ends=frozenset({r.SETTLED}), requests=(
    ("approve",            r.REQUESTED,                    r.APPROVED,    [],                                       [do.TELL_RETURN_APPROVED, do.EXPIRE_RETURN]),
    ("refuse",             (r.REQUESTED, r.INSPECTED),     r.REFUSED,     [only_if.reason_given],                   [do.TELL_RETURN_REFUSED]),
    ("withdraw",           BEFORE_ITS_PARCEL,              r.WITHDRAWN,   [],                                       []),
    ("inspect",            (r.RECEIVED, r.INSPECTED),      r.INSPECTED,   [only_if.every_unit_is_judged],           []),
    ("settle",             r.INSPECTED,                    r.SETTLED,     [only_if.something_is_taken_back,
                                                                           only_if.units_are_still_out],            [do.RETURN_MONEY]),
), reports=(
    ("parcel_returned",    BEFORE_ITS_PARCEL,              r.RECEIVED,    [],                                       [do.TELL_RETURN_RECEIVED]),
    ("parcel_returned",    r.EXPIRED,                      r.RECEIVED,    [only_if.units_are_still_out],            [do.TELL_RETURN_RECEIVED]),
    ("parcel_returned",    r.WITHDRAWN,                    r.RECEIVED,    [only_if.units_are_still_out],            [do.TELL_RETURN_RECEIVED]),
    ("parcel_returned",    r.REFUSED,                      r.RECEIVED,    [only_if.units_are_still_out],            [do.TELL_RETURN_RECEIVED]),
    ("parcel_returned",    r.EXPIRED,                      r.EXPIRED,     [],                                       []),
    ("parcel_returned",    r.WITHDRAWN,                    r.WITHDRAWN,   [],                                       []),
    ("parcel_returned",    r.REFUSED,                      r.REFUSED,     [],                                       []),
    ("send_back_overdue",  r.APPROVED,                     r.EXPIRED,     [],                                       []),
), late={
    "parcel_returned":   [],
    "send_back_overdue": [],
})
# fmt: on

PROCESSES = (ORDER, PAYMENT, SHIPMENT, RETURN)
