"""Goods that come back: a return of an order, and its lines."""

import sqlalchemy as sa

from purvey.storage.columns import Big, Small, check, key, may, need, refers, table

returns = table(
    "returns",
    key("order_id"),
    key("id"),
    need("state"),
    need("requested_at", Big),
    need("state_since", Big),
    need("asked_by"),
    may("note"),
    may("late_reason"),
    may("decision"),
    may("instructions"),
    may("send_by", Big),
    may("location"),
    need("refund", Big),
    need("shipping_refund", Big),
    need("given_before", Big),
    check("returns_money", "refund >= 0 and shipping_refund >= 0 and given_before >= 0"),
    refers("orders", order_id="id"),
    sa.Index("returns_id", "shard", "id"),
    sa.Index("returns_state", "shard", "state", "id"),
)
return_line = table(
    "return_line",
    key("order_id"),
    key("return_id"),
    key("position", Small),
    need("no", Small),
    need("quantity", Big),
    need("reason"),
    may("note"),
    may("condition"),
    may("disposition"),
    need("percent", Small),
    need("refund", Big),
    check("return_line_quantity", "quantity >= 0"),
    check("return_line_percent", "percent >= 0 and percent <= 100"),
    sa.ForeignKeyConstraint(
        ["shard", "order_id", "return_id"], ["returns.shard", "returns.order_id", "returns.id"]
    ),
    sa.ForeignKeyConstraint(
        ["shard", "order_id", "no"], ["order_line.shard", "order_line.order_id", "order_line.no"]
    ),
)
