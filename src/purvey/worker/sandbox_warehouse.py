"""The sandbox warehouse: shipments are picked, packed and handed over by themselves. For demos."""

from purvey.operations.fulfil import ShipmentStep, fulfil
from purvey.wiring import House

ACTOR = "sandbox warehouse"
SHIPMENTS_AT_ONCE = 200

# What is done to a shipment of each state, and which shipments are ready for it.
STEPS = (
    ("planned", "pick", "o.state in ('ready', 'fulfilling')"),
    ("picking", "pack", "true"),
    ("packed", "hand_over", "(s.tracking_number is not null or s.method = 'pickup')"),
)


def work(house: House, shard: int) -> int:
    """Take the next step for up to SHIPMENTS_AT_ONCE shipments of each state; returns how many."""
    return sum(_take(house, shard, step) for step in STEPS)


def _take(house: House, shard: int, step: tuple[str, str, str]) -> int:
    state, trigger, condition = step
    with house.database.reading(shard) as sql:
        rows = sql.rows(
            "select s.id from shipment s join orders o on o.shard = s.shard and o.id = s.order_id"
            f" where s.shard = :shard and s.state = '{state}' and {condition}"
            " and not exists (select 1 from hold h where h.shard = s.shard"
            " and h.order_id = s.order_id and h.released_at is null)"
            " order by s.id limit :limit",
            limit=SHIPMENTS_AT_ONCE,
        )
    steps = [ShipmentStep(shipment_id=row.id, trigger=trigger) for row in rows]
    if steps:
        house.do(fulfil, steps, actor=ACTOR, shard=shard)
    return len(steps)
