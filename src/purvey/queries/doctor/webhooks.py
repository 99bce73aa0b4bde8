"""What endpoints asked to hear is on its way to them, or a person is asked."""

from purvey.domain.webhooks import MAX_WAITING
from purvey.queries.doctor.outbox import LATE_US
from purvey.queries.doctor.shard_check import ShardCheck

# A receiver that is slow or down is no fault of ours: it is late if nobody even tried for so long.
WAITING = ShardCheck(
    name="webhooks_are_sent_in_time",
    promise=9,
    query=f"""
    select e.id, count(*) as deliveries, max((:now - d.due_at) / 60000000) as minutes
      from webhook_endpoint e
      join webhook_delivery d on d.shard = e.shard and d.endpoint_id = e.id
     where e.shard = :shard and e.state = 'on' and d.state = 'open'
       and d.due_at < :now - {LATE_US} and coalesce(e.paused_until, 0) < :now - {LATE_US}
       and coalesce(e.last_attempt_at, 0) < :now - {LATE_US} and e.state_since < :now - {LATE_US}
     group by e.id
    """,
    what="{deliveries} webhooks wait to be sent, the oldest since {minutes} minutes.",
    where="webhook endpoint {id}",
    remedy="Start a worker (`purvey work`, or `purvey serve`, which has one) and read its log.",
)
BEHIND = ShardCheck(
    name="the_feed_reaches_webhooks",
    promise=9,
    # Not one whose backlog is full: it waits for its receiver.
    query=f"""
    select e.id, max((:now - h.at) / 60000000) as minutes, count(*) as events
      from webhook_endpoint e join history h on h.shard = e.shard and h.position > e.fed_to
     where e.shard = :shard and e.state = 'on' and e.state_since < :now - {LATE_US}
       and h.at < :now - {LATE_US}
       and (select count(*) from webhook_delivery d where d.shard = e.shard
               and d.endpoint_id = e.id and d.state = 'open') < {MAX_WAITING}
     group by e.id
    """,
    what="{events} events have not been looked at for an endpoint, the oldest of them {minutes}"
    " minutes old.",
    where="webhook endpoint {id}",
    remedy="Start a worker (`purvey work`, or `purvey serve`, which has one) and read its log.",
)
SWITCHED_OFF = ShardCheck(
    name="webhooks_that_were_switched_off",
    promise=9,
    query="""
    select id, case off_reason when 'gone' then 'its receiver says it is gone (410)'
                               else 'it failed for five days' end as why
      from webhook_endpoint
     where shard = :shard and state = 'off' and off_reason <> 'by_hand'
    """,
    what="An endpoint was switched off: {why}.",
    where="webhook endpoint {id}",
    remedy="Mend the receiver and switch it on under Settings > Webhooks, or remove it.",
    note=True,
)
FAILED = ShardCheck(
    name="webhooks_that_failed",
    promise=9,
    query="""
    select endpoint_id as id, count(*) as deliveries, max(type) as example
      from webhook_delivery d
     where shard = :shard and state = 'failed' and position > 0
       and exists (select 1 from webhook_endpoint e where e.shard = :shard
                      and e.id = d.endpoint_id and e.state <> 'removed')
     group by endpoint_id
    """,
    what="{deliveries} webhooks failed at every attempt, {example} among them.",
    where="webhook endpoint {id}",
    remedy="Mend the receiver, then: purvey webhooks replay {id} --failed-since TIME",
    note=True,
)
