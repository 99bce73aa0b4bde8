"""What the warehouse notes while it works: scans, and which shipments are picked in one round."""

import sqlalchemy as sa

from purvey.storage.columns import Big, Small, check, key, may, need, refers, table

scan = table(
    "scan",
    key("id"),  # made by who scanned: the same scan counts once, however often it is sent
    need("order_id"),
    need("shipment_id"),
    need("line", Small),  # 0: the whole parcel
    need("stage"),  # pick, pack, hand_over
    need("units", Big),
    need("code"),
    need("scanned_by"),
    need("scanned_at", Big),
    check("scan_units", "units > 0"),
    sa.Index("scan_shipment", "shard", "shipment_id"),
    sa.Index("scan_stage", "shard", "stage", "scanned_at"),
)
wave = table(
    "wave",
    key("id"),
    need("location"),
    may("method"),
    need("made_by"),
    need("made_at", Big),
    may("released_at", Big),
    may("released_by"),
    sa.Index("wave_location", "shard", "location", "made_at"),
)
# The key is the rule: a shipment is in one open wave at most. Releasing a wave takes them out.
wave_shipment = table(
    "wave_shipment",
    key("shipment_id"),
    need("wave_id"),
    need("order_id"),
    need("tote", Small),
    refers("wave", wave_id="id"),
    sa.Index("wave_shipment_wave", "shard", "wave_id", "tote"),
)
