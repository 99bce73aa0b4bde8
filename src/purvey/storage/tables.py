"""Every table, for every database. `shard` leads each primary key, UNIQUE and foreign key.

Times are microseconds since 1970 UTC, money is minor units, JSON is text: the same value, order and
arithmetic on SQLite and PostgreSQL (docs/decisions/0002-plain-columns.md).
"""

from typing import Any

import sqlalchemy as sa

metadata = sa.MetaData()

Big, Text, Small = sa.BigInteger, sa.Text, sa.Integer


def _table(name: str, *parts: sa.schema.SchemaItem) -> sa.Table:
    return sa.Table(name, metadata, sa.Column("shard", Big, primary_key=True), *parts)


def _key(name: str, kind: type[sa.types.TypeEngine[Any]] = Text) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True)


def _need(name: str, kind: type[sa.types.TypeEngine[Any]] = Text) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _may(name: str, kind: type[sa.types.TypeEngine[Any]] = Text) -> sa.Column[Any]:
    return sa.Column(name, kind)


def _check(name: str, condition: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(condition, name=name)


def _refers(table: str, **columns: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["shard", *columns], [f"{table}.shard", *(f"{table}.{c}" for c in columns.values())]
    )


shop = _table("shop", _need("name"), _need("currency"), _need("created_at", Big))
counter = _table("counter", _key("name"), _need("next", Big))
location = _table("location", _key("code"), _need("name"), _need("priority", Small))
shipping_method = _table(
    "shipping_method",
    _key("code"),
    _need("name"),
    _need("price", Big),
    _need("currency"),
    _need("days_from", Small),
    _need("days_to", Small),
)
api_key = _table(
    "api_key",
    _key("id"),
    _need("name"),
    _need("hash"),
    _need("scopes"),
    _need("created_at", Big),
    _may("revoked_at", Big),
    sa.UniqueConstraint("shard", "hash", name="api_key_hash"),
)

product = _table(
    "product",
    _key("sku"),
    _need("name"),
    _need("price", Big),
    _need("currency"),
    _need("weight_grams", Big),
    _need("tax_class"),
    _need("backorder_limit", Big),
    _need("backordered", Big),
    _need("active", Small),
    _need("version", Small),
    _check("product_price", "price >= 0"),
    _check("product_backordered", "backordered >= 0"),
    _check("product_backorder_limit", "backorder_limit >= 0"),
)
stock = _table(
    "stock",
    _key("sku"),
    _key("location"),
    _need("on_hand", Big),
    _need("reserved", Big),
    _check("stock_reserved", "reserved >= 0 and reserved <= on_hand"),
    _refers("product", sku="sku"),
    _refers("location", location="code"),
)
movement = _table(
    "movement",
    _key("id"),
    _need("sku"),
    _need("location"),
    _need("change", Big),
    _need("reason"),
    _need("actor"),
    _need("at", Big),
    _may("order_id"),
    sa.Index("movement_sku", "shard", "sku", "location", "id"),
)
supply = _table(
    "supply",
    _key("id"),
    _need("sku"),
    _need("location"),
    _need("expected", Big),
    _need("arrived", Big),
    _may("expected_on"),
    _need("state"),
    _refers("product", sku="sku"),
    sa.Index("supply_sku", "shard", "sku", "state"),
)

customer = _table(
    "customer",
    _key("id"),
    _may("email"),
    _may("name"),
    _may("phone"),
    _may("external_id"),
    _need("created_at", Big),
    sa.UniqueConstraint("shard", "email", name="customer_email"),
    sa.UniqueConstraint("shard", "external_id", name="customer_external_id"),
)

orders = _table(
    "orders",
    _key("id"),
    _need("number", Big),
    _need("state"),
    _need("version", Small),
    _need("channel"),
    _may("external_id"),
    _need("currency"),
    _may("customer_id"),
    _may("customer_email"),
    _may("customer_name"),
    _may("customer_phone"),
    _may("customer_external_id"),
    _may("ship_to"),
    _may("bill_to"),
    _need("shipping_method"),
    _need("ship_complete", Small),
    _need("shipping_total", Big),
    _need("tax_total", Big),
    _need("discounts"),
    _need("discount_total", Big),
    _need("total", Big),
    _need("paid", Big),
    _need("refunded", Big),
    _need("placed_at", Big),
    _need("state_since", Big),
    _may("waiting_code"),
    _may("promised_from"),
    _may("promised_to"),
    _may("requested_delivery_date"),
    _may("notes"),
    _need("metadata"),
    _need("fingerprint"),
    _may("lookalike"),
    _need("track_token"),
    _need("history_hash"),
    sa.UniqueConstraint("shard", "number", name="orders_number"),
    sa.UniqueConstraint("shard", "channel", "external_id", name="orders_external_id"),
    sa.UniqueConstraint("shard", "track_token", name="orders_track_token"),
    sa.Index("orders_state", "shard", "state", "id"),
    sa.Index("orders_waiting", "shard", "waiting_code", "id"),
    sa.Index("orders_lookalike", "shard", "lookalike", "placed_at"),
    sa.Index("orders_customer", "shard", "customer_id", "id"),
    sa.Index("orders_email", "shard", "customer_email", "id"),
    sa.Index("orders_placed", "shard", "placed_at", "id"),
)
order_line = _table(
    "order_line",
    _key("order_id"),
    _key("no", Small),
    _need("sku"),
    _need("name"),
    _need("unit_price", Big),
    _need("weight_grams", Big),
    _need("ordered", Big),
    _need("reserved", Big),
    _need("backordered", Big),
    _need("shipped", Big),
    _need("cancelled", Big),
    _need("returned", Big),
    _check("order_line_adds_up", "ordered = cancelled + backordered + reserved + shipped"),
    _check("order_line_parts", "cancelled >= 0 and backordered >= 0 and reserved >= 0"),
    _check("order_line_returned", "returned >= 0 and returned <= shipped"),
    _refers("orders", order_id="id"),
    sa.Index("order_line_sku", "shard", "sku", "order_id"),
    sa.Index(
        "order_line_backordered",
        "shard",
        "sku",
        "order_id",
        sqlite_where=sa.text("backordered > 0"),
        postgresql_where=sa.text("backordered > 0"),
    ),
)
reservation = _table(
    "reservation",
    _key("order_id"),
    _key("no", Small),
    _key("location"),
    _need("quantity", Big),
    _check("reservation_quantity", "quantity >= 0"),
    sa.ForeignKeyConstraint(
        ["shard", "order_id", "no"], ["order_line.shard", "order_line.order_id", "order_line.no"]
    ),
)
hold = _table(
    "hold",
    _key("order_id"),
    _key("id"),
    _need("type"),
    _need("reason"),
    _need("blocks"),
    _need("by"),
    _need("since", Big),
    _may("until", Big),
    _may("released_at", Big),
    _may("released_by"),
    _refers("orders", order_id="id"),
)
payment = _table(
    "payment",
    _key("order_id"),
    _key("id"),
    _need("method"),
    _may("gateway"),
    _may("token"),
    _need("state"),
    _need("amount", Big),
    _need("authorised", Big),
    _need("captured", Big),
    _need("refunded", Big),
    _need("voided", Big),
    _may("reference"),
    _may("reason"),
    _may("terms"),
    _may("purchase_order"),
    _may("expires_at", Big),
    _need("created_at", Big),
    _check("payment_refunded", "refunded >= 0 and refunded <= captured"),
    _refers("orders", order_id="id"),
    sa.Index("payment_id", "shard", "id"),
    sa.Index("payment_state", "shard", "state", "id"),
)
payment_entry = _table(
    "payment_entry",
    _key("payment_id"),
    _key("key"),
    _key("kind"),
    _need("amount", Big),
    _may("reference"),
    _need("at", Big),
)
shipment = _table(
    "shipment",
    _key("order_id"),
    _key("id"),
    _need("state"),
    _need("location"),
    _need("method"),
    _may("carrier"),
    _may("service"),
    _may("tracking_number"),
    _may("tracking_url"),
    _may("cost", Big),
    _need("planned_at", Big),
    _need("state_since", Big),
    _refers("orders", order_id="id"),
    sa.Index("shipment_id", "shard", "id"),
    sa.Index("shipment_state", "shard", "state", "id"),
    sa.Index("shipment_tracking", "shard", "tracking_number"),
)
shipment_line = _table(
    "shipment_line",
    _key("order_id"),
    _key("shipment_id"),
    _key("no", Small),
    _need("quantity", Big),
    _check("shipment_line_quantity", "quantity >= 0"),
    sa.ForeignKeyConstraint(
        ["shard", "order_id", "shipment_id"], ["shipment.shard", "shipment.order_id", "shipment.id"]
    ),
)
document = _table(
    "document",
    _key("id"),
    _need("order_id"),
    _need("subject_id"),
    _need("kind"),
    _need("media_type"),
    _need("body"),
    _need("at", Big),
    sa.Index("document_subject", "shard", "subject_id"),
)

history = _table(
    "history",
    _key("order_id"),
    _key("version", Small),
    _need("process"),
    _need("subject_id"),
    _need("trigger"),
    _need("source"),
    _need("target"),
    _need("actor"),
    _may("reason"),
    _need("facts"),
    _need("at", Big),
    _need("hash"),
    _may("position", Big),
    _refers("orders", order_id="id"),
    sa.Index(
        "history_unfed",
        "shard",
        "at",
        "order_id",
        "version",
        sqlite_where=sa.text("position is null"),
        postgresql_where=sa.text("position is null"),
    ),
    sa.UniqueConstraint("shard", "position", name="history_position"),
)

outbox = _table(
    "outbox",
    _key("key"),
    _need("effect"),
    _may("order_id"),
    _may("subject_id"),
    _need("payload"),
    _need("due_at", Big),
    _may("lane"),
    _need("seq", Big),
    _need("attempts", Small),
    _need("state"),  # open, done, gave_up
    _may("last_error"),
    _need("created_at", Big),
    _may("done_at", Big),
    sa.Index(
        "outbox_due",
        "shard",
        "due_at",
        "key",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    ),
    sa.Index(
        "outbox_lane",
        "shard",
        "lane",
        "seq",
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    ),
    sa.Index(
        "outbox_gave_up",
        "shard",
        "key",
        sqlite_where=sa.text("state = 'gave_up'"),
        postgresql_where=sa.text("state = 'gave_up'"),
    ),
    sa.Index("outbox_order", "shard", "order_id"),
)
inbox = _table(
    "inbox",
    _key("source"),
    _key("event_id"),
    _need("headers"),
    _need("body"),
    _need("received_at", Big),
    _may("processed_at", Big),
    _may("error"),
)
notice = _table(
    "notice",
    _key("key"),
    _need("order_id"),
    _need("template"),
    _may("recipient"),
    _need("subject"),
    _need("body"),
    _need("state"),  # sent, bounced, nobody
    _may("detail"),
    _need("at", Big),
    sa.Index("notice_order", "shard", "order_id"),
)
idempotency = _table(
    "idempotency",
    _key("key"),
    _need("fingerprint"),
    _may("order_id"),
    _may("status", Small),
    _may("body"),
    _need("at", Big),
    sa.Index("idempotency_at", "shard", "at"),
)
import_row = _table(
    "import_row",
    _key("source"),
    _key("line", Big),
    _need("outcome"),
    _need("amount"),
    _may("order_id"),
    _may("detail"),
)
lease = _table("lease", _key("name"), _need("owner"), _need("until", Big), _need("epoch", Big))
