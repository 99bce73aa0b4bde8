"""Tables of the desk where people take orders: words to find by, drafts, quotes."""

import sqlalchemy as sa

from purvey.storage.columns import Big, Small, key, may, need, only_where, refers, table

# Words are compared letter by letter, whatever language a database sorts in: so a beginning is a
# range of the index.
Word = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


customer_word = table(  # without a foreign key: they are written along with the customer
    "customer_word",
    key("customer_id"),
    sa.Column("word", Word, primary_key=True),
    sa.Index("customer_word_word", "shard", "word", "customer_id"),
)
product_word = table(
    "product_word",
    key("sku"),
    sa.Column("word", Word, primary_key=True),
    refers("product", sku="sku"),
    sa.Index("product_word_word", "shard", "word", "sku"),
)

order_draft = table(
    "order_draft",
    key("id"),
    need("person_id"),
    need("content"),  # JSON: what was typed
    need("title"),
    need("total", Big),
    need("page_id"),  # the open page that wrote it last, and which of its writings that was
    need("turn", Big),
    need("created_at", Big),
    need("changed_at", Big),
    may("order_id"),  # what it became
    may("who"),  # whom it is for: domain.customers.mark_of
    refers("person", person_id="id"),
    sa.Index("order_draft_person", "shard", "person_id", "changed_at"),
    sa.Index("order_draft_changed", "shard", "changed_at"),
    sa.Index("order_draft_who", "shard", "who"),
)
quote = table(
    "quote",
    key("number", Big),
    need("content"),  # JSON: what was typed, and the prices that were agreed
    need("customer"),
    need("total", Big),
    need("currency"),
    need("valid_until"),  # ISO date, the last day
    need("version", Small),
    need("made_by"),
    need("made_at", Big),
    need("changed_at", Big),
    may("order_id"),
    may("who"),  # as that of a draft
    sa.Index("quote_who", "shard", "who"),
    sa.Index("quote_order", "shard", "order_id", **only_where("order_id is not null")),
)
