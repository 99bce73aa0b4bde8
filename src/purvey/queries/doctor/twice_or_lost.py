"""No order is taken twice, and none that was acknowledged is gone."""

from purvey.queries.doctor.shard_check import ShardCheck

_ONE_STAYS = "Cancel all but one, and find out who writes to the database behind purvey's back."
_RESTORE = "Bring order {order_id} back from a backup."

SAME_EXTERNAL_ID = ShardCheck(
    name="an_external_id_is_taken_once",
    promise=2,
    query="""
    select channel, external_id, count(*) as orders, min(number) as lowest, max(number) as highest
      from orders where shard = :shard and external_id is not null
     group by channel, external_id having count(*) > 1
    """,
    what="{orders} orders were taken for one external id.",
    where="channel {channel}, external id {external_id}, orders {lowest} to {highest}",
    remedy=_ONE_STAYS,
)
SAME_KEY = ShardCheck(
    name="an_idempotency_key_stands_for_one_order",
    promise=2,
    query="""
    select key, count(*) as orders from idempotency
     where shard = :shard group by key having count(*) > 1
    """,
    what="{orders} requests were taken for one Idempotency-Key.",
    where="Idempotency-Key {key}",
    remedy=_ONE_STAYS,
)
SAME_NUMBER = ShardCheck(
    name="a_number_names_one_order",
    promise=2,
    query="""
    select number, count(*) as orders from orders
     where shard = :shard group by number having count(*) > 1
    """,
    what="{orders} orders have one number.",
    where="order {number}",
    remedy="Give all but one a new number from the counter.",
)
NEXT_NUMBER = ShardCheck(
    name="the_next_number_is_free",
    promise=2,
    query="""
    select c.next, h.highest
      from counter c, (select max(number) as highest from orders where shard = :shard) h
     where c.shard = :shard and c.name = 'order_number' and c.next <= h.highest
    """,
    what="The next order would get number {next}, but numbers up to {highest} are taken.",
    where="counter order_number",
    remedy="update counter set next = {highest} + 1 where shard = {shard}"
    " and name = 'order_number'",
)
LOST_BY_KEY = ShardCheck(
    name="an_acknowledged_order_is_there",
    promise=1,
    query="""
    select key, order_id from idempotency i
     where shard = :shard and order_id is not null and not exists
           (select 1 from orders o where o.shard = :shard and o.id = i.order_id)
    """,
    what="The order was acknowledged, but it is not there.",
    where="order {order_id}, Idempotency-Key {key}",
    remedy=_RESTORE,
)
LOST_BY_HISTORY = ShardCheck(
    name="an_order_with_a_history_is_there",
    promise=1,
    query="""
    select order_id, actor from history h
     where shard = :shard and version = 1 and not exists
           (select 1 from orders o where o.shard = :shard and o.id = h.order_id)
    """,
    what="The order was received by {actor}, but it is not there.",
    where="order {order_id}",
    remedy=_RESTORE,
)
LOST_BY_LINE = ShardCheck(
    name="an_order_with_lines_is_there",
    promise=1,
    query="""
    select order_id, sku from order_line l
     where shard = :shard and no = 1 and not exists
           (select 1 from orders o where o.shard = :shard and o.id = l.order_id)
    """,
    what="There are lines of an order that is not there.",
    where="order {order_id}, line 1 ({sku})",
    remedy=_RESTORE,
)
LOST_PAYMENT = ShardCheck(
    name="booked_money_has_a_payment",
    promise=4,
    query="""
    select payment_id, kind, amount, reference from payment_entry e
     where shard = :shard and not exists
           (select 1 from payment p where p.shard = :shard and p.id = e.payment_id)
    """,
    what="{amount} minor units were booked as {kind} for a payment that is not there.",
    where="payment {payment_id}, reference {reference}",
    remedy="Bring the payment back from a backup.",
)
