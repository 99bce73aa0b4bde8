"""Every table, for every database. `shard` leads each primary key, UNIQUE and foreign key."""

import sqlalchemy as sa

from purvey.storage.columns import (
    Big,
    Small,
    check,
    key,
    may,
    metadata,
    need,
    only_where,
    refers,
    table,
)
from purvey.storage.order_tables import (
    document,
    hold,
    order_line,
    orders,
    payment,
    payment_entry,
    reservation,
    shipment,
    shipment_line,
)
from purvey.storage.people_tables import (
    approval,
    invitation,
    journal,
    person,
    person_session,
    throttle,
)

__all__ = [
    "approval",
    "document",
    "hold",
    "invitation",
    "journal",
    "metadata",
    "order_line",
    "orders",
    "payment",
    "payment_entry",
    "person",
    "person_session",
    "reservation",
    "shipment",
    "shipment_line",
    "throttle",
]

shop = table("shop", need("name"), need("currency"), need("created_at", Big))
counter = table("counter", key("name"), need("next", Big))
location = table("location", key("code"), need("name"), need("priority", Small))
shipping_method = table(
    "shipping_method",
    key("code"),
    need("name"),
    need("price", Big),
    need("currency"),
    need("days_from", Small),
    need("days_to", Small),
)
api_key = table(
    "api_key",
    key("id"),
    need("name"),
    need("hash"),
    need("scopes"),
    need("created_at", Big),
    may("revoked_at", Big),
    sa.UniqueConstraint("shard", "hash", name="api_key_hash"),
)

product = table(
    "product",
    key("sku"),
    need("name"),
    need("price", Big),
    need("currency"),
    need("weight_grams", Big),
    need("tax_class"),
    need("backorder_limit", Big),
    need("backordered", Big),
    need("active", Small),
    need("version", Small),
    check("product_price", "price >= 0"),
    check("product_backordered", "backordered >= 0"),
    check("product_backorder_limit", "backorder_limit >= 0"),
)
stock = table(
    "stock",
    key("sku"),
    key("location"),
    need("on_hand", Big),
    need("reserved", Big),
    check("stock_reserved", "reserved >= 0 and reserved <= on_hand"),
    refers("product", sku="sku"),
    refers("location", location="code"),
)
movement = table(
    "movement",
    key("id"),
    need("sku"),
    need("location"),
    need("change", Big),
    need("reason"),
    need("actor"),
    need("at", Big),
    may("order_id"),
    sa.Index("movement_sku", "shard", "sku", "location", "id"),
)
supply = table(
    "supply",
    key("id"),
    need("sku"),
    need("location"),
    need("expected", Big),
    need("arrived", Big),
    may("expected_on"),
    need("state"),
    refers("product", sku="sku"),
    sa.Index("supply_sku", "shard", "sku", "state"),
)

customer = table(
    "customer",
    key("id"),
    may("email"),
    may("name"),
    may("phone"),
    may("external_id"),
    need("created_at", Big),
    sa.UniqueConstraint("shard", "email", name="customer_email"),
    sa.UniqueConstraint("shard", "external_id", name="customer_external_id"),
    sa.Index("customer_name", "shard", "name", "id"),
)

history = table(
    "history",
    key("order_id"),
    key("version", Small),
    need("process"),
    need("subject_id"),
    need("trigger"),
    need("source"),
    need("target"),
    need("actor"),
    may("reason"),
    need("facts"),
    need("at", Big),
    need("hash"),
    may("position", Big),
    refers("orders", order_id="id"),
    sa.Index(
        "history_unfed",
        "shard",
        "at",
        "order_id",
        "version",
        **only_where("position is null"),
    ),
    sa.UniqueConstraint("shard", "position", name="history_position"),
)

outbox = table(
    "outbox",
    key("key"),
    need("effect"),
    may("order_id"),
    may("subject_id"),
    need("payload"),
    need("due_at", Big),
    may("lane"),
    need("seq", Big),
    need("attempts", Small),
    need("state"),  # open, done, gave_up
    may("last_error"),
    need("created_at", Big),
    may("done_at", Big),
    sa.Index(
        "outbox_due",
        "shard",
        "due_at",
        "key",
        **only_where("state = 'open'"),
    ),
    sa.Index(
        "outbox_lane",
        "shard",
        "lane",
        "seq",
        **only_where("state = 'open'"),
    ),
    sa.Index(
        "outbox_gave_up",
        "shard",
        "key",
        **only_where("state = 'gave_up'"),
    ),
    sa.Index("outbox_order", "shard", "order_id"),
)
inbox = table(
    "inbox",
    key("source"),
    key("event_id"),
    need("headers"),
    need("body"),
    need("received_at", Big),
    may("processed_at", Big),
    may("error"),
)
notice = table(
    "notice",
    key("key"),
    need("order_id"),
    need("template"),
    may("recipient"),
    need("subject"),
    need("body"),
    need("state"),  # sent, bounced, nobody
    may("detail"),
    need("at", Big),
    sa.Index("notice_order", "shard", "order_id"),
)
idempotency = table(
    "idempotency",
    key("key"),
    need("fingerprint"),
    may("order_id"),
    may("status", Small),
    may("body"),
    need("at", Big),
    sa.Index("idempotency_at", "shard", "at"),
)
import_row = table(
    "import_row",
    key("source"),
    key("line", Big),
    need("outcome"),
    need("amount"),
    may("order_id"),
    may("detail"),
    sa.Index("import_row_order", "shard", "order_id"),
)
lease = table("lease", key("name"), need("owner"), need("until", Big), need("epoch", Big))
