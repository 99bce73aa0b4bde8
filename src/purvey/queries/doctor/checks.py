"""All checks on two pages: the promise that each one guards, and who guards it."""

from collections.abc import Callable, Iterator

from purvey.queries.doctor import (
    history,
    money,
    outbox,
    quantities,
    returned,
    stock,
    twice_or_lost,
    waiting,
    webhooks,
)
from purvey.queries.doctor.case import Case, Wrong
from purvey.queries.doctor.shard_check import ShardCheck

# Over a whole shard, one query each.
SHARD_CHECKS: tuple[ShardCheck, ...] = (
    twice_or_lost.LOST_BY_KEY,
    twice_or_lost.LOST_BY_HISTORY,
    twice_or_lost.LOST_BY_LINE,
    twice_or_lost.SAME_EXTERNAL_ID,
    twice_or_lost.SAME_KEY,
    twice_or_lost.SAME_NUMBER,
    twice_or_lost.NEXT_NUMBER,
    stock.OVERSOLD,
    twice_or_lost.LOST_PAYMENT,
    stock.RESERVED,
    stock.ON_HAND,
    stock.BACKORDERED,
    stock.CAME_BACK,
    stock.FREE_STOCK,
    outbox.OVERDUE,
    outbox.GAVE_UP,
    outbox.UNREAD_WEBHOOKS,
    webhooks.WAITING,
    webhooks.BEHIND,
    webhooks.SWITCHED_OFF,
    webhooks.FAILED,
)

# Order by order: (promise, check).
ORDER_CHECKS: tuple[tuple[int, Callable[[Case], Iterator[Wrong]]], ...] = (
    (1, quantities.has_lines),
    (4, money.no_money_is_kept_that_is_not_ours),
    (4, money.shipped_goods_are_captured),
    (5, quantities.no_more_returned_than_shipped),
    (5, returned.line_counts_what_its_returns_say),
    (5, returned.no_unit_comes_back_twice),
    (5, quantities.shipped_units_are_in_parcels),
    (5, quantities.planned_units_are_reserved),
    (6, money.totals_are_what_the_lines_say),
    (6, money.discounts_add_up),
    (6, money.balances_are_the_ledgers_sums),
    (6, money.nothing_negative),
    (6, returned.shares_add_up),
    (6, returned.only_settled_returns_are_paid_for),
    (7, history.versions_have_no_gap),
    (7, history.history_ends_at_the_order),
    (7, history.chain_is_whole),
    (7, history.each_step_starts_where_the_last_one_ended),
    (7, history.states_are_what_the_history_says),
    (7, history.no_history_of_strangers),
    (8, waiting.reason_is_up_to_date),
    (8, waiting.nobody_rests_in_a_passing_state),
    (8, waiting.review_has_a_hold),
    (8, waiting.held_stock_is_freed_in_time),
    (8, waiting.payment_is_being_secured),
    (8, waiting.requested_payments_are_asked_for),
    (8, waiting.unknown_payments_are_asked_after),
    (8, waiting.reserved_units_are_planned),
    (8, waiting.packed_parcels_get_a_label),
    (8, waiting.parcels_on_the_way_are_followed),
    (8, waiting.shipped_orders_have_a_parcel_to_wait_for),
    (8, waiting.delivered_orders_close),
    (8, returned.approved_returns_expire),
)
