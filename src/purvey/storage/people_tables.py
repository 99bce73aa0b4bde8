"""Tables of the people who work here, and of what they allow each other.

Of passwords, sessions and links only hashes are kept.
"""

import sqlalchemy as sa

from purvey.storage.columns import Big, key, may, need, only_where, refers, table

person = table(
    "person",
    key("id"),
    need("name"),
    need("name_key"),  # the name without case: no two people can be mistaken for one another
    need("email"),  # in small letters
    need("role"),
    may("password"),  # argon2's own format; empty until the invitation is used
    may("totp_secret"),
    need("totp_step", Big),  # the last step that was used: a code is good once
    need("recovery_codes"),  # hashes, with commas between them
    need("created_at", Big),
    may("locked_at", Big),
    sa.UniqueConstraint("shard", "email", name="person_email"),
    sa.UniqueConstraint("shard", "name_key", name="person_name"),
)
person_session = table(
    "person_session",
    key("id"),
    need("person_id"),
    need("hash"),
    need("created_at", Big),
    need("seen_at", Big),
    need("agent"),
    refers("person", person_id="id"),
    sa.UniqueConstraint("shard", "hash", name="person_session_hash"),
    sa.Index("person_session_person", "shard", "person_id", "id"),
)
invitation = table(
    "invitation",
    key("hash"),
    may("person_id"),  # nobody: the link of the first start, where the administrator is made
    need("created_at", Big),
    need("expires_at", Big),
    refers("person", person_id="id"),
    sa.Index("invitation_person", "shard", "person_id"),
)
throttle = table("throttle", key("name"), need("free_at", Big))

journal = table(  # what was done to people, keys and settings; orders have their own history
    "journal",
    key("id"),
    need("at", Big),
    need("actor"),
    need("deed"),
    need("subject"),
    need("detail"),
)
approval = table(
    "approval",
    key("id"),
    need("kind"),  # refund, price
    need("order_id"),
    need("subject_id"),
    need("content"),  # JSON: exactly what is approved
    need("hash"),
    need("amount", Big),
    need("currency"),
    need("reason"),
    need("asked_by"),
    need("asked_at", Big),
    need("ends_at", Big),
    need("state"),  # open, approved, refused, void
    may("decided_by"),
    may("decided_at", Big),
    may("note"),
    refers("orders", order_id="id"),
    sa.Index("approval_open", "shard", "id", **only_where("state = 'open'")),
    sa.Index("approval_order", "shard", "order_id"),
)
