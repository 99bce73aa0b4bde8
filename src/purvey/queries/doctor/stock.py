"""Stock: counters against what orders hold and against the ledger of movements."""

from purvey.queries.doctor.shard_check import ShardCheck

_PLACE = "stock of {sku} in {location}"

OVERSOLD = ShardCheck(
    name="reserved_never_exceeds_what_there_is",
    promise=3,
    query="""
    select sku, location, on_hand, reserved from stock
     where shard = :shard and (reserved > on_hand or reserved < 0 or on_hand < 0)
    """,
    what="{reserved} units are reserved of {on_hand} that are there.",
    where=_PLACE,
    remedy="Count the shelf, then adjust the stock or cancel units of the newest orders.",
)
RESERVED = ShardCheck(
    name="reserved_is_what_orders_hold",
    promise=5,
    query="""
    select sku, location, cast(sum(counted) as bigint) as counted, cast(sum(held) as bigint) as held
      from (select sku, location, reserved as counted, 0 as held from stock where shard = :shard
            union all
            select l.sku, r.location, 0, r.quantity
              from reservation r join order_line l
                on l.shard = r.shard and l.order_id = r.order_id and l.no = r.no
             where r.shard = :shard and r.quantity <> 0) x
     group by sku, location having sum(counted) <> sum(held)
    """,
    what="{counted} units are counted as reserved, but orders hold {held}.",
    where=_PLACE,
    remedy="update stock set reserved = {held}"
    " where shard = {shard} and sku = '{sku}' and location = '{location}'",
)
ON_HAND = ShardCheck(
    name="on_hand_is_the_ledgers_sum",
    promise=5,
    query="""
    select sku, location, cast(sum(counted) as bigint) as counted,
           cast(sum(booked) as bigint) as booked
      from (select sku, location, on_hand as counted, 0 as booked from stock where shard = :shard
            union all
            select sku, location, 0, sum(change) from movement where shard = :shard
             group by sku, location) x
     group by sku, location having sum(counted) <> sum(booked)
    """,
    what="{counted} units are counted, but the movements add up to {booked}.",
    where=_PLACE,
    remedy="Count the shelf; set on_hand to {booked}, then adjust the stock to what was counted.",
)
BACKORDERED = ShardCheck(
    name="backordered_is_what_orders_wait_for",
    promise=5,
    query="""
    select sku, cast(sum(counted) as bigint) as counted, cast(sum(waiting) as bigint) as waiting
      from (select sku, backordered as counted, 0 as waiting from product where shard = :shard
            union all
            select sku, 0, backordered from order_line
             where shard = :shard and backordered > 0) x
     group by sku having sum(counted) <> sum(waiting)
    """,
    what="{counted} units are counted as backordered, but orders wait for {waiting}.",
    where="product {sku}",
    remedy="update product set backordered = {waiting} where shard = {shard} and sku = '{sku}'",
)
FREE_STOCK = ShardCheck(
    name="free_stock_goes_to_who_waits_for_it",
    promise=8,
    query="""
    select f.sku, f.free, count(distinct o.id) as orders, min(o.number) as lowest
      from (select sku, cast(sum(on_hand - reserved) as bigint) as free from stock
             where shard = :shard group by sku having sum(on_hand - reserved) > 0) f
      join order_line l on l.shard = :shard and l.sku = f.sku and l.backordered > 0
      join orders o on o.shard = :shard and o.id = l.order_id
       and o.state in ('backordered', 'reserved', 'ready', 'fulfilling')
     where f.sku not in (
           select subject_id from outbox where shard = :shard and state = 'open'
              and effect = 'stock.fill' and subject_id is not null
            union
           select subject_id from outbox where shard = :shard and state = 'gave_up'
              and effect = 'stock.fill' and subject_id is not null)
     group by f.sku, f.free
    """,
    what="{orders} orders wait for {sku} while {free} units are free, and nobody gives them out.",
    where="product {sku}, order {lowest}",
    remedy="Adjust the stock of {sku} by +1 and by -1: what is free is then given out.",
)
