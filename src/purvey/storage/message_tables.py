"""Tables of what customers are told: each message, the shop's own texts, refused addresses."""

import sqlalchemy as sa

from purvey.storage.columns import Big, Small, key, may, need, refers, table

message_text = table(  # the highest version counts; empty texts: back to the built-in one
    "message_text",
    key("message"),
    key("language"),
    key("version", Small),
    may("subject"),
    may("title"),
    may("body"),
    need("actor"),
    need("at", Big),
)
bounce = table(  # no address in it: whoever erases the customer has erased the address
    "bounce",
    key("customer_id"),
    need("reason"),
    need("at", Big),
    refers("customer", customer_id="id"),
)
notice = table(
    "notice",
    key("key"),
    need("order_id"),
    need("template"),
    may("recipient"),
    need("subject"),
    need("body"),
    need("state"),  # sent, bounced, nobody, joined (to the one that `detail` names)
    may("detail"),
    need("at", Big),
    may("language"),
    may("text_version", Small),  # of the shop's own text; 0: the built-in one
    sa.Index("notice_order", "shard", "order_id"),
)
