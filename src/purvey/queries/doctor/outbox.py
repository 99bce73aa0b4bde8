"""What is promised to the outside is done in time, or a person is asked."""

from purvey.queries.doctor.shard_check import ShardCheck

LATE_US = 600_000_000  # ten minutes

OVERDUE = ShardCheck(
    name="messages_are_done_in_time",
    promise=9,
    # One behind an earlier one of its lane is not late; a claimed one is due when its lease ends.
    query=f"""
    select effect, count(*) as messages, max((:now - due_at) / 60000000) as minutes,
           min(key) as example
      from outbox o
     where shard = :shard and state = 'open' and due_at < :now - {LATE_US}
       and not exists (select 1 from outbox e where e.shard = :shard and e.state = 'open'
                          and e.lane = o.lane and e.seq < o.seq)
     group by effect
    """,
    what="{messages} messages '{effect}' wait to be done, the oldest since {minutes} minutes.",
    where="outbox, for example {example}",
    remedy="Start a worker (`purvey work`, or `purvey serve`, which has one) and read its log.",
)
GAVE_UP = ShardCheck(
    name="messages_that_the_worker_gave_up",
    promise=9,
    query="""
    select key, effect, attempts, coalesce(last_error, 'no reason was kept') as error
      from outbox where shard = :shard and state = 'gave_up'
    """,
    what="'{effect}' failed {attempts} times: {error}",
    where="message {key}",
    remedy="Mend the cause, then try it again: purvey messages retry {key}",
    note=True,
)
UNREAD_WEBHOOKS = ShardCheck(
    name="webhooks_that_nobody_processed",
    promise=9,
    query=f"""
    select source, event_id, coalesce(error, 'not tried yet') as error from inbox
     where shard = :shard and processed_at is null and received_at < :now - {LATE_US}
    """,
    what="A webhook of {source} was taken, but not processed: {error}",
    where="inbox, event {event_id}",
    remedy="Replay the webhook; if it cannot be read, its error says why.",
    note=True,
)
