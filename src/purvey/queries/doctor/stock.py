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
CAME_BACK = ShardCheck(
    name="what_came_back_is_on_its_shelf",
    promise=5,
    query="""
    select order_id, sku, cast(sum(told) as bigint) as told, cast(sum(moved) as bigint) as moved
      from (select l.order_id, o.sku, l.quantity as told, 0 as moved
              from returns r
              join return_line l
                on l.shard = r.shard and l.order_id = r.order_id and l.return_id = r.id
              join order_line o
                on o.shard = l.shard and o.order_id = l.order_id and o.no = l.no
             where r.shard = :shard and r.state = 'settled' and l.disposition = 'restock'
            union all
            select order_id, sku, 0, change from movement
             where shard = :shard and reason in ('returned', 'scrapped')
               and order_id is not null) x
     group by order_id, sku having sum(told) <> sum(moved)
    """,
    what="Its returns say that {told} units of {sku} are to be sold again,"
    " but {moved} came back to a shelf.",
    where="order {order_id}",
    remedy="Compare with the order's history, count {sku}, then adjust the stock.",
)
FREE_STOCK = ShardCheck(
    name="free_stock_goes_to_who_waits_for_it",
    promise=8,
    query="""
    select f.sku, f.free, count(distinct o.id) as orders, min(o.number) as lowest
      from (select s.sku, cast(sum(s.on_hand - s.reserved) as bigint) as free from stock s
              join location p on p.shard = s.shard and p.code = s.location and p.active = 1
             where s.shard = :shard group by s.sku having sum(s.on_hand - s.reserved) > 0) f
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
