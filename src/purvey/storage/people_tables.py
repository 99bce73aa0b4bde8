"""Tables of the people who work here. Of passwords, sessions and links only hashes are kept."""

import sqlalchemy as sa

from purvey.storage.columns import Big, key, may, need, refers, table

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
