"""Every figure that purvey tells, named in one place. No personal data in names or labels."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

REGISTRY = CollectorRegistry()
WORKER = CollectorRegistry()  # what only a worker counts: a page of its own, shown by the server's
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

orders_received = Counter(
    "purvey_orders_received_total",
    "Orders by outcome: created, existing, refused, failed.",
    ["channel", "outcome"],
    registry=REGISTRY,
)
http_requests = Counter(
    "purvey_http_requests_total",
    "Requests answered, by route and status.",
    ["method", "route", "status"],
    registry=REGISTRY,
)
batch_size = Histogram(
    "purvey_batch_size", "Orders in one commit.", buckets=_SIZES, registry=REGISTRY
)
commit_seconds = Histogram(
    "purvey_commit_seconds", "One receiving commit.", buckets=_SECONDS, registry=REGISTRY
)
messages_done = Counter(
    "purvey_messages_total",
    "Outbox messages by effect and outcome: done, retried, gave_up.",
    ["effect", "outcome"],
    registry=WORKER,
)
webhook_attempts = Counter(
    "purvey_webhook_attempts_total",
    "Webhook requests by outcome: delivered, retried, failed.",
    ["outcome"],
    registry=WORKER,
)
open_messages = Gauge("purvey_messages_open", "Messages not done yet.", registry=REGISTRY)
oldest_message_seconds = Gauge(
    "purvey_oldest_due_message_seconds", "Age of the oldest due message.", registry=REGISTRY
)
gave_up_messages = Gauge(
    "purvey_messages_gave_up", "Messages that a person must look at.", registry=REGISTRY
)
orders_by_state = Gauge("purvey_orders", "Orders by state.", ["state"], registry=REGISTRY)
