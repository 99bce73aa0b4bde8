"""Tables of customers, and of what was noted about them."""

import sqlalchemy as sa

from purvey.storage.columns import Big, key, may, need, refers, table

customer = table(
    "customer",
    key("id"),
    may("email"),
    may("name"),
    may("phone"),
    may("external_id"),
    need("created_at", Big),
    may("erased_at", Big),
    sa.UniqueConstraint("shard", "email", name="customer_email"),
    sa.UniqueConstraint("shard", "external_id", name="customer_external_id"),
    sa.Index("customer_name", "shard", "name", "id"),
)
customer_note = table(  # only ever added to; erasing the customer empties the texts
    "customer_note",
    key("customer_id"),
    key("id"),
    need("text"),
    need("by"),
    need("at", Big),
    refers("customer", customer_id="id"),
)
