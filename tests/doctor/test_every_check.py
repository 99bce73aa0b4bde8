"""Each check finds what it is there to find, and nothing else is reported.

A row: what was done behind purvey's back, to which order, and all checks that have to notice.
"""

from typing import NamedTuple

import pytest

from purvey.queries.doctor.checks import ORDER_CHECKS, SHARD_CHECKS
from tests.doctor.conftest import Scene


class Damage(NamedTuple):
    order: str
    statements: tuple[str, ...]
    noticed: frozenset[str]


def damage(order: str, statements: str, noticed: str) -> Damage:
    parts = (part.strip() for part in statements.split(";"))
    return Damage(order, tuple(filter(None, parts)), frozenset(noticed.split()))


# fmt: off
OF_ORDER = "where shard = 1 and order_id = :id"
HEAD = "where shard = 1 and id = :id"
STOCK = "where shard = 1 and sku = '85123A' and location = 'main'"
ENDPOINT = (  # state, off_reason, state_since, fed_to
    "insert into webhook_endpoint values (1, 'whk_1', 'https://example.com', '', '', 'whsec_eA==',"
    " null, null, {}, null, null, null, null, 1, 1, 'test')"
)
DELIVERY = (
    "insert into webhook_delivery values (1, 'whd_1', 'whk_1', 'evt_1', 'order.shipped', null, 1,"
    " {}, 1, 1, 1, null, 1, null)"
)
MESSAGE = "delete from outbox where shard = 1 and order_id = :id and effect ="

DAMAGES = {
    # 1: an accepted order is never lost
    "the order is deleted": damage("bank", f"delete from orders {HEAD}", """
        an_acknowledged_order_is_there an_order_with_a_history_is_there an_order_with_lines_is_there
        """),
    "its lines are deleted": damage("bank", f"""
        delete from order_line {OF_ORDER}; delete from reservation {OF_ORDER};
        update stock set reserved = reserved - 6 {STOCK}
        """, "has_lines totals_are_what_the_lines_say payment_is_being_secured"),
    "its discounts are no JSON": damage("bank", f"""
        update orders set discounts = 'ten per cent' {HEAD}
        """, "every_order_can_be_read"),
    "its state is no state": damage("bank", f"""
        update orders set state = 'vanished' {HEAD}
        """, "every_order_can_be_read"),
    # 2: never taken twice
    "the counter was set back": damage("bank", """
        update counter set next = 1010 where shard = 1 and name = 'order_number'
        """, "the_next_number_is_free"),
    # 3: nothing is sold twice
    "more is reserved than there is": damage("bank", f"""
        update stock set reserved = on_hand + 1 {STOCK}
        """, "reserved_never_exceeds_what_there_is reserved_is_what_orders_hold"),
    # 4: no money is lost sight of
    "its payment is deleted": damage("delivered", f"delete from payment {OF_ORDER}", """
        booked_money_has_a_payment the_gateways_money_is_known no_history_of_strangers
        totals_are_what_the_lines_say
        """),
    "money of a cancelled order was not returned": damage("cancelled", f"""
        update payment set voided = 0 {OF_ORDER};
        delete from payment_entry where shard = 1 and kind = 'voided' and payment_id in
            (select id from payment {OF_ORDER})
        """, "no_money_is_kept_that_is_not_ours money_is_what_the_gateway_says"),
    "money for shipped goods was not taken": damage("on the way", f"""
        update payment set captured = 0 {OF_ORDER}; update orders set paid = 0 {HEAD};
        delete from payment_entry where shard = 1 and kind = 'captured' and payment_id in
            (select id from payment {OF_ORDER})
        """, "shipped_goods_are_captured money_is_what_the_gateway_says"),
    # 5: every quantity adds up
    "a line has more reserved than ordered": damage("bank", f"""
        update order_line set reserved = reserved + 1 {OF_ORDER}
        """, "quantities_add_up"),
    "a line has less than nothing": damage("bank", f"""
        update order_line set shipped = -1, reserved = reserved + 1 {OF_ORDER}
        """, "quantities_add_up"),
    "a reservation was changed": damage("bank", f"""
        update reservation set quantity = quantity + 1 {OF_ORDER}
        """, "quantities_add_up reserved_is_what_orders_hold"),
    "more came back than went": damage("delivered", f"""
        update order_line set returned = 9 {OF_ORDER} and no = 1
        """, "no_more_returned_than_shipped line_counts_what_its_returns_say"),
    "a line forgot what came back": damage("returned", f"""
        update order_line set returned = 1 {OF_ORDER}
        """, "line_counts_what_its_returns_say"),
    "more is to come back than has left": damage("coming back", f"""
        update return_line set quantity = 99 {OF_ORDER}
        """, "no_unit_comes_back_twice"),
    "what came back was scrapped on paper": damage("returned", f"""
        update return_line set disposition = 'scrap' {OF_ORDER}
        """, "what_came_back_is_on_its_shelf"),
    "a parcel holds more than was shipped": damage("delivered", f"""
        update shipment_line set quantity = quantity + 1 {OF_ORDER} and no = 2
        """, "shipped_units_are_in_parcels"),
    "a parcel will hold more than is reserved": damage("ready", f"""
        update shipment_line set quantity = quantity + 1 {OF_ORDER}
        """, "planned_units_are_reserved"),
    "the reserved counter is off": damage("bank", f"""
        update stock set reserved = reserved - 1 {STOCK}
        """, "reserved_is_what_orders_hold"),
    "stock came without a movement": damage("bank", f"""
        update stock set on_hand = on_hand + 1 {STOCK}
        """, "on_hand_is_the_ledgers_sum"),
    "a movement is deleted": damage("delivered", f"""
        delete from movement {OF_ORDER}
        """, "on_hand_is_the_ledgers_sum"),
    "the backorder counter is off": damage("bank", """
        update product set backordered = backordered + 1 where shard = 1 and sku = 'SHORT'
        """, "backordered_is_what_orders_wait_for"),
    # 6: every amount adds up
    "more went back than it was worth": damage("returned", f"""
        update returns set refund = refund + 5000 {OF_ORDER}
        """, "shares_add_up no_money_is_kept_that_is_not_ours"),
    "money went back for what is not settled": damage("coming back", f"""
        update returns set given_before = 1 {OF_ORDER}
        """, "only_settled_returns_are_paid_for no_money_is_kept_that_is_not_ours"),
    "the stored total is off": damage("ready", f"""
        update orders set total = total + 1 {HEAD}
        """, "totals_are_what_the_lines_say"),
    "the stored paid amount is off": damage("delivered", f"""
        update orders set paid = paid - 1 {HEAD}
        """, "totals_are_what_the_lines_say"),
    "the stored refund is off": damage("refunded", f"""
        update orders set refunded = 0 {HEAD}
        """, "totals_are_what_the_lines_say"),
    "a discount out of nowhere": damage("ready", f"""
        update orders set discount_total = 5, total = total - 5 {HEAD}
        """, "discounts_add_up"),
    "the ledger was changed": damage("transfer", """
        update payment_entry set amount = amount + 1 where shard = 1 and payment_id in
            (select id from payment where shard = 1 and order_id = :id)
        """, "balances_are_the_ledgers_sums"),
    "more was given back than came in": damage("transfer", f"""
        update payment set refunded = captured + 1 {OF_ORDER};
        update orders set refunded = paid + 1 {HEAD};
        insert into payment_entry select shard, id, 'x', 'refunded', refunded, null, 0
            from payment {OF_ORDER}
        """, "nothing_negative"),
    # 7: everything can be shown
    "a row of history is deleted": damage("bank", f"""
        delete from history {OF_ORDER} and version = 2
        """, "versions_have_no_gap chain_is_whole each_step_starts_where_the_last_one_ended"),
    "the last row of history is deleted": damage("closed", f"""
        delete from history {OF_ORDER} and version = (select max(version) from history {OF_ORDER})
        """, "history_ends_at_the_order states_are_what_the_history_says"),
    "all history is deleted": damage("bank", f"""
        delete from history {OF_ORDER}
        """, "history_ends_at_the_order"),
    "a reason was rewritten": damage("cancelled", f"""
        update history set reason = 'the customer said so' {OF_ORDER} and reason = 'no'
        """, "chain_is_whole"),
    "the order carries another hash": damage("bank", f"""
        update orders set history_hash = 'abc' {HEAD}
        """, "history_ends_at_the_order"),
    "the order carries another version": damage("bank", f"""
        update orders set version = version + 1 {HEAD}
        """, "history_ends_at_the_order"),
    "a step starts nowhere": damage("bank", f"""
        update history set source = 'shipped' {OF_ORDER} and version = 2
        """, "chain_is_whole each_step_starts_where_the_last_one_ended"),
    "a state was set by hand": damage("delivered", f"""
        update orders set state = 'closed', waiting_code = null {HEAD}
        """, "states_are_what_the_history_says"),
    "a parcel's state was set by hand": damage("delivered", f"""
        update shipment set state = 'lost' {OF_ORDER};
        update orders set waiting_code = 'return_window' {HEAD}
        """, "states_are_what_the_history_says"),
    "a parcel is deleted": damage("delivered", f"""
        delete from shipment_line {OF_ORDER}; delete from shipment {OF_ORDER}
        """, "no_history_of_strangers shipped_units_are_in_parcels"),
    # 8: nothing waits silently
    "no reason is kept": damage("bank", f"""
        update orders set waiting_code = null {HEAD}
        """, "reason_is_up_to_date"),
    "it stays accepted": damage("ready", f"""
        update orders set state = 'accepted', waiting_code = 'decision' {HEAD}
        """, "nobody_rests_in_a_passing_state states_are_what_the_history_says"),
    "its hold was released by hand": damage("held", f"""
        update hold set released_at = 1 {OF_ORDER}
        """, "review_has_a_hold"),
    "nothing ends its hold": damage("held", f"{MESSAGE} 'hold.expire'", """
        held_stock_is_freed_in_time
        """),
    "nothing ends the wait for a transfer": damage(
        "bank", f"{MESSAGE} 'payment.expire'", "payment_is_being_secured"
    ),
    "its money is in, and it waits for it": damage("bank", f"""
        update payment set captured = amount {OF_ORDER}; update orders set paid = total {HEAD};
        insert into payment_entry select shard, id, 'x', 'captured', amount, null, 0
            from payment {OF_ORDER}
        """, "payment_is_being_secured"),
    "nobody asks for its money": damage("asking", f"{MESSAGE} 'payment.secure'", """
        payment_is_being_secured requested_payments_are_asked_for
        """),
    "a timer does not ask for money": damage("asking", f"""
        update outbox set effect = 'payment.expire' {OF_ORDER} and effect = 'payment.secure'
        """, "requested_payments_are_asked_for"),
    "nobody asks what became of it": damage("unknown", f"{MESSAGE} 'payment.ask'", """
        payment_is_being_secured unknown_payments_are_asked_after
        """),
    "free stock, and nobody gives it out": damage("backordered", """
        update stock set on_hand = on_hand + 1 where shard = 1 and sku = 'SHORT';
        insert into movement values (1, 'mov_x', 'SHORT', 'main', 1, 'count', 'test', 0, null)
        """, "free_stock_goes_to_who_waits_for_it"),
    "what is reserved is not planned": damage("ready", f"""
        delete from shipment_line {OF_ORDER}; delete from shipment {OF_ORDER};
        update orders set waiting_code = 'plan' {HEAD}
        """, "reserved_units_are_planned"),
    "nobody buys its label": damage("packed", f"""
        update shipment set tracking_number = null {OF_ORDER};
        update orders set waiting_code = 'label' {HEAD}
        """, "packed_parcels_get_a_label"),
    "nobody follows its parcel": damage("on the way", f"{MESSAGE} 'shipment.track'", """
        parcels_on_the_way_are_followed
        """),
    "its parcel arrived, and it does not know": damage("on the way", f"""
        update shipment set state = 'delivered' {OF_ORDER};
        update orders set waiting_code = 'plan' {HEAD}
        """, "shipped_orders_have_a_parcel_to_wait_for states_are_what_the_history_says"),
    "nothing ends its return": damage("coming back", f"""
        {MESSAGE} 'return.expire'
        """, "approved_returns_expire"),
    "nothing closes it": damage("delivered", f"{MESSAGE} 'order.close'", "delivered_orders_close"),
    # 9: what is told is told
    "a message is late": damage("asking", f"""
        update outbox set due_at = 1 {OF_ORDER} and state = 'open' and effect = 'payment.secure'
        """, "messages_are_done_in_time"),
    "the worker gave up": damage("asking", f"""
        update outbox set state = 'gave_up', last_error = 'no such gateway' {OF_ORDER}
         and effect = 'payment.secure'
        """, "messages_that_the_worker_gave_up"),
    "a webhook was not processed": damage("asking", """
        insert into inbox values (1, 'sandbox', 'evt_1', '{}', '{}', 1, null, null)
        """, "webhooks_that_nobody_processed"),
    "a webhook is not sent": damage("asking", f"""
        {ENDPOINT.format("'on', null, 1, 1000000")}; {DELIVERY.format("'open'")}
        """, "webhooks_are_sent_in_time"),
    "the feed does not reach a webhook": damage("asking", f"""
        {ENDPOINT.format("'on', null, 1, 0")};
        update history set "at" = 1, position = 1000 {OF_ORDER} and version = 1
        """, "the_feed_reaches_webhooks chain_is_whole"),
    "a webhook was switched off": damage("asking", f"""
        {ENDPOINT.format("'off', 'failing', 1, 0")}; {DELIVERY.format("'open'")}
        """, "webhooks_that_were_switched_off"),
    "a webhook failed": damage("asking", f"""
        {ENDPOINT.format("'on', null, 1, 1000000")}; {DELIVERY.format("'failed'")}
        """, "webhooks_that_failed"),
}
# fmt: on

NOTES = {
    "messages_that_the_worker_gave_up",
    "webhooks_that_nobody_processed",
    "webhooks_that_were_switched_off",
    "webhooks_that_failed",
}
ELSEWHERE = {  # see test_taken_twice.py and test_books.py
    "an_external_id_is_taken_once",
    "an_idempotency_key_stands_for_one_order",
    "a_number_names_one_order",
}


def test_a_shop_in_which_all_is_well_is_found_well(scene: Scene):
    report = scene.shop.examine()
    assert report.findings == ()
    assert report.notes == ()
    assert report.ok
    assert report.exit_code == 0
    assert report.checked["orders"] == len(scene.shop.ids)
    assert report.checked["payments_compared"] > 10


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_noticed(scene: Scene, name: str):
    order, statements, noticed = DAMAGES[name]
    with scene.vandal.restored():
        scene.vandal.run(*statements, id=scene.shop.ids[order])
        report = scene.shop.examine()
    assert {finding.check for finding in (*report.findings, *report.notes)} == noticed
    assert report.ok == noticed.issubset(NOTES)


def test_every_check_has_its_damage():
    checks = {check.name for check in SHARD_CHECKS} | {f.__name__ for _, f in ORDER_CHECKS}
    assert checks <= ELSEWHERE.union(*(damage.noticed for damage in DAMAGES.values()))


def test_a_finding_says_what_is_wrong_and_where_and_what_mends_it(scene: Scene):
    order_id = scene.shop.ids["ready"]
    with scene.vandal.restored():
        scene.vandal.run(f"update orders set total = total + 1 {HEAD}", id=order_id)
        [finding] = scene.shop.examine().findings
    assert finding.promise == 6
    assert finding.what == "The total is stored as 19.26 GBP; it is 19.25 GBP."
    assert finding.where == f"order 1010 ({order_id})"
    assert finding.remedy == f"update orders set total = 1925 where id = '{order_id}'"


def test_a_remedy_for_a_counter_mends_it(scene: Scene):
    with scene.vandal.restored():
        scene.vandal.run(
            f"update stock set reserved = reserved - 1 {STOCK}",
            "update product set backordered = 77 where sku = 'SHORT'",
            "update counter set next = 1 where name = 'order_number'",
        )
        findings = scene.shop.examine().findings
        assert len(findings) == 3
        scene.vandal.run(*(finding.remedy for finding in findings))
        assert scene.shop.examine().ok


def test_one_that_waits_behind_another_is_not_late(scene: Scene):
    """Only the first of a lane can be late; the others wait for it."""
    with scene.vandal.restored():
        scene.vandal.run(
            "update outbox set due_at = 1, lane = 'x', seq = 2"
            f" {OF_ORDER} and effect = 'payment.secure' and state = 'open'",
            id=scene.shop.ids["asking"],
        )
        scene.vandal.run(
            "update outbox set lane = 'x', seq = 1"
            f" {OF_ORDER} and effect = 'payment.ask' and state = 'open'",
            id=scene.shop.ids["unknown"],
        )
        assert scene.shop.examine().ok


def test_twenty_are_told_and_the_others_counted(scene: Scene):
    with scene.vandal.restored():
        scene.vandal.run("update orders set total = total + 1")
        scene.vandal.run(
            *(f"insert into counter values (1, 'c{n}', 1)" for n in range(3)),
            *(
                "insert into stock (shard, sku, location, on_hand, reserved)"
                f" values (1, 'S{n:02}', 'main', 1, 0)"
                for n in range(30)
            ),
        )
        report = scene.shop.examine()
    told = [finding.check for finding in report.findings]
    assert told.count("totals_are_what_the_lines_say") == 20
    assert told.count("on_hand_is_the_ledgers_sum") == 20
    assert report.unlisted == {
        "totals_are_what_the_lines_say": len(scene.shop.ids) - 20,
        "on_hand_is_the_ledgers_sum": 10,
    }
