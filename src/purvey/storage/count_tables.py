"""Tables of stock counts that are open for hours, and of what came of them."""

import sqlalchemy as sa

from purvey.storage.columns import Big, check, key, may, need, refers, table

stock_count = table(
    "stock_count",
    key("id"),
    need("location"),
    need("title"),
    need("state"),  # open, booked, dropped
    need("started_by"),
    need("started_at", Big),
    may("closed_by"),
    may("closed_at", Big),
    refers("location", location="code"),
    sa.Index("stock_count_state", "shard", "state", "id"),
)
stock_count_line = table(
    "stock_count_line",
    key("count_id"),
    key("sku"),
    may("counted", Big),
    need("on_hand", Big),
    need("in_parcels", Big),
    may("counted_by"),
    may("counted_at", Big),
    may("booked", Big),
    check("stock_count_line_counted", "counted >= 0"),
    refers("stock_count", count_id="id"),
    refers("product", sku="sku"),
)
