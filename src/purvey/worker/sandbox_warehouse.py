"""The sandbox warehouse: shipments are picked, packed and handed over by themselves. For demos."""

from purvey.operations.fulfil import ShipmentStep, fulfil
from purvey.wiring import House

ACTOR = "sandbox warehouse"
SHIPMENTS_AT_ONCE = 400

# What is done to a shipment of each state.
STEPS = {"planned": "pick", "picking": "pack", "packed": "hand_over"}


def work(house: House, shard: int) -> int:
    """Take the next step for up to SHIPMENTS_AT_ONCE shipments; returns how many."""
    with house.database.reading(shard) as sql:
        rows = sql.rows(_READY, limit=SHIPMENTS_AT_ONCE)
    steps = [ShipmentStep(shipment_id=row.id, trigger=STEPS[row.state]) for row in rows]
    if steps:
        house.do(fulfil, steps, actor=ACTOR, shard=shard)
    return len(steps)


_READY = (
    "select s.id, s.state from shipment s join orders o on o.shard = s.shard and o.id = s.order_id"
    " where s.shard = :shard and s.state in ('planned', 'picking', 'packed')"
    " and (s.state <> 'planned' or o.state in ('ready', 'fulfilling'))"
    " and (s.state <> 'packed' or s.tracking_number is not null or s.method = 'pickup')"
    " and not exists (select 1 from hold h where h.shard = s.shard"
    " and h.order_id = s.order_id and h.released_at is null)"
    " order by s.state, s.id limit :limit"
)
