"""Every table, for every database. `shard` leads each primary key, UNIQUE and foreign key."""

import sqlalchemy as sa

from purvey.storage.columns import (
    Big,
    Small,
    check,
    given,
    key,
    may,
    metadata,
    need,
    only_where,
    refers,
    table,
)
from purvey.storage.count_tables import stock_count, stock_count_line
from purvey.storage.customer_tables import customer, customer_note
from purvey.storage.desk_tables import customer_word, order_draft, product_word, quote
from purvey.storage.list_tables import chosen_columns, saved_view
from purvey.storage.message_tables import bounce, message_text, notice
from purvey.storage.order_tables import (
    document,
    hold,
    order_line,
    order_note,
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
from purvey.storage.return_tables import return_line, returns
from purvey.storage.warehouse_tables import scan, wave, wave_shipment
from purvey.storage.webhook_tables import webhook_attempt, webhook_delivery, webhook_endpoint

__all__ = [
    "approval", "bounce", "chosen_columns", "customer", "customer_note", "customer_word",
    "document", "hold", "invitation",
    "journal", "message_text", "metadata", "notice", "order_draft", "order_line", "order_note",
    "orders", "payment", "payment_entry", "person", "person_session", "product_word", "quote",
    "reservation", "return_line", "returns", "saved_view", "scan", "shipment", "shipment_line",
    "stock_count", "stock_count_line", "throttle", "wave", "wave_shipment", "webhook_attempt",
    "webhook_delivery", "webhook_endpoint",
]  # fmt: skip

shop = table("shop", need("name"), need("currency"), need("created_at", Big))
setting = table("setting", key("name"), need("value"))  # what was changed in Settings > Shop
counter = table("counter", key("name"), need("next", Big))
location = table(
    "location",
    key("code"),
    need("name"),
    need("priority", Small),
    given("address", default=""),
    given("active", Small, default="1"),
    given("version", Small, default="1"),
)
shipping_method = table(
    "shipping_method",
    key("code"),
    need("name"),
    need("price", Big),
    need("currency"),
    need("days_from", Small),
    need("days_to", Small),
    given("active", Small, default="1"),
    given("version", Small, default="1"),
)
adapter_ping = table(  # the last one of each adapter
    "adapter_ping",
    key("name"),
    need("is_well", Small),
    need("sentence"),
    need("actor"),
    need("at", Big),
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
    may("barcode"),  # GTIN; see domain/barcode.py
    sa.Index("product_barcode", "shard", "barcode", unique=True),
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
    sa.Index(
        "movement_came_back",
        "shard",
        "order_id",
        **only_where("reason in ('returned', 'scrapped')"),
    ),
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
    sa.Index(
        "outbox_done_of_no_order",
        "shard",
        "done_at",
        **only_where("order_id is null and state = 'done'"),
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
    sa.Index("inbox_processed", "shard", "processed_at", **only_where("processed_at is not null")),
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
