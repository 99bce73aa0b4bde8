"""The log of webhooks is kept for a while; leases of a worker that died are taken back."""

from datetime import datetime, timedelta

from purvey.storage.sql import Sql
from purvey.storage.times import to_us

KEPT = timedelta(days=30)


def forget_webhooks(sql: Sql, *, now: datetime, limit: int) -> int:
    """Deliveries that were over KEPT ago go with their attempts, a bite at a time; and endpoints
    that were removed, once their last delivery is gone."""
    rows = sql.rows(
        "select id from webhook_delivery where shard = :shard and done_at < :before limit :limit",
        before=to_us(now - KEPT),
        limit=limit,
    )
    ids = [row.id for row in rows]
    if ids:
        sql.execute(
            "delete from webhook_attempt where shard = :shard and delivery_id = any(:ids)", ids=ids
        )
        sql.execute("delete from webhook_delivery where shard = :shard and id = any(:ids)", ids=ids)
    sql.execute(
        "delete from webhook_endpoint where shard = :shard and state = 'removed' and not exists"
        " (select 1 from webhook_delivery d where d.shard = :shard"
        " and d.endpoint_id = webhook_endpoint.id)"
    )
    return len(ids)


def take_back_leases(sql: Sql) -> int:
    """For the new owner of the shard: whoever had claimed something sends no more."""
    return sql.execute(
        "update webhook_delivery set lease_until = null"
        " where shard = :shard and state = 'open' and lease_until is not null"
    )
