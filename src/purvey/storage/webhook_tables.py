"""Tables of webhooks: endpoints of others, what is due to each, and what came of every attempt."""

import sqlalchemy as sa

from purvey.storage.columns import Big, Small, key, may, need, only_where, refers, table

webhook_endpoint = table(
    "webhook_endpoint",
    key("id"),
    need("url"),
    need("description"),
    need("event_types"),  # with commas; empty: all
    need("secret"),  # as it is: signing needs it
    may("old_secret"),
    may("old_secret_until", Big),
    need("state"),  # on, off, removed
    may("off_reason"),  # by_hand, gone, failing
    need("state_since", Big),
    need("fed_to", Big),
    may("failing_since", Big),
    may("last_success_at", Big),
    may("last_attempt_at", Big),
    may("paused_until", Big),
    need("version", Small),
    need("created_at", Big),
    need("created_by"),
)
webhook_delivery = table(  # its body is made from history at each attempt, so none is kept
    "webhook_delivery",
    key("id"),
    need("endpoint_id"),
    need("event_id"),
    need("type"),
    may("order_id"),
    need("position", Big),
    need("state"),  # open, delivered, failed, skipped
    need("attempts", Small),
    need("tries", Small),
    need("due_at", Big),
    may("lease_until", Big),
    need("created_at", Big),
    may("done_at", Big),
    refers("webhook_endpoint", endpoint_id="id"),
    sa.UniqueConstraint("shard", "endpoint_id", "event_id", name="webhook_delivery_event"),
    sa.Index("webhook_delivery_state", "shard", "endpoint_id", "state", "id"),
    sa.Index("webhook_delivery_list", "shard", "endpoint_id", "id"),
    sa.Index(
        "webhook_delivery_due",
        "shard",
        "endpoint_id",
        "due_at",
        "position",
        **only_where("state = 'open'"),
    ),
    sa.Index("webhook_delivery_done", "shard", "done_at"),
)
webhook_attempt = table(
    "webhook_attempt",
    key("delivery_id"),
    key("no", Small),
    need("at", Big),
    need("duration_ms", Big),
    may("status", Small),
    need("outcome"),
    need("answer"),
    refers("webhook_delivery", delivery_id="id"),
)
