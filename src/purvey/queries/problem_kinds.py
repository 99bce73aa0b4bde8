"""The kinds of problems, one row each: where they are found, always by an index.

Every source gives the same columns: `key` (what a deed names, and the place in the list), `number`
of the order, `title`, `cause`, `since`, `detail`. Of orders that wait in a queue only the OLDEST
are looked at: who waits too long is among them, and the cost stays the same for any number.
"""

from collections.abc import Mapping
from dataclasses import dataclass

OLDEST = 50  # of each queue
MESSAGES, PAYMENTS, STUCK, WEBHOOKS, INBOX, LATE, LOST, BACK, LABELS, BOUNCED, SLOW = (
    "messages", "payments", "stuck", "webhooks", "inbox", "late", "lost", "back", "labels",
    "bounced", "slow",
)  # fmt: skip
ASK, INBOX_EFFECT = "payment.ask", "inbox.process"


@dataclass(frozen=True, slots=True)
class Kind:
    """`source` None: made in Python. `by_day`: in the order of `cause`, which is an ISO day."""

    code: str
    label: str
    source: str | None
    by_day: bool = False


_OF_ORDER = "left join orders o on o.shard = m.shard and o.id = m.order_id"
_GAVE_UP = f"""
    select m.key, o.number, m.effect as title, coalesce(m.last_error, '') as cause,
           m.created_at as since, '' as detail
      from outbox m {_OF_ORDER}
     where m.shard = :shard and m.state = 'gave_up' and m.effect <> '{INBOX_EFFECT}'
       and not (m.effect in ('payment.secure', '{ASK}')
                and coalesce(o.waiting_code, '') = 'payment_stuck')
"""
_UNREAD = f"""
    select m.key, o.number, '' as title, coalesce(m.last_error, '') as cause,
           m.created_at as since, '' as detail
      from outbox m {_OF_ORDER}
     where m.shard = :shard and m.state = 'gave_up' and m.effect = '{INBOX_EFFECT}'
"""
# The left join keeps SQLite from reading all orders first.
# One whose question was given up while its order waits for the money is among the stuck ones.
_UNKNOWN = f"""
    select p.id as key, o.number, p.gateway as title, coalesce(m.last_error, '') as cause,
           p.created_at as since, coalesce(m.state, '') as detail
      from payment p
      left join orders o on o.shard = p.shard and o.id = p.order_id
      left join outbox m on m.shard = p.shard and m.order_id = p.order_id
           and m.subject_id = p.id and m.effect = '{ASK}' and m.state <> 'done'
     where p.shard = :shard and p.state = 'unknown'
       and coalesce(o.waiting_code, '') <> 'payment_stuck'
"""


def _held(code: str, type_: str) -> str:
    """Orders that a hold of this type stops."""
    return f"""
    select o.id as key, o.number, coalesce(o.customer_name, o.customer_email, '') as title,
           h.reason as cause, h.since, h.id as detail
      from orders o
      join hold h on h.shard = o.shard and h.order_id = o.id
           and h.type = '{type_}' and h.released_at is null
     where o.shard = :shard and o.waiting_code = '{code}'
    """


def _of_parcel(column: str, states: str) -> str:
    return (
        f"coalesce((select max(s.{column}) from shipment s where s.shard = o.shard"
        f" and s.order_id = o.id and s.state in ({states})), '')"
    )


_MOVING = "'handed_over', 'in_transit', 'out_for_delivery'"
_LATE = f"""
    select o.id as key, o.number, {_of_parcel("carrier", _MOVING)} as title,
           o.promised_to as cause, o.state_since as since,
           {_of_parcel("tracking_url", _MOVING)} as detail
      from orders o
     where o.shard = :shard and o.waiting_code = 'delivery' and o.promised_to < :today
"""
_LOST = f"""
    select o.id as key, o.number, {_of_parcel("carrier", "'lost'")} as title, '' as cause,
           o.state_since as since, {_of_parcel("tracking_url", "'lost'")} as detail
      from orders o where o.shard = :shard and o.waiting_code = 'lost_parcel'
"""
_STATES_BACK = "'returned_to_sender', 'taken_back'"
# `cause` is empty once no parcel is still to be taken in.
_BACK = f"""
    select o.id as key, o.number, {_of_parcel("carrier", _STATES_BACK)} as title,
           {_of_parcel("state", "'returned_to_sender'")} as cause, o.state_since as since,
           {_of_parcel("tracking_url", _STATES_BACK)} as detail
      from orders o where o.shard = :shard and o.waiting_code = 'returned_parcel'
"""
_BOUNCED = """
    select b.customer_id as key, (select o.number from orders o where o.shard = b.shard
             and o.customer_id = b.customer_id order by o.id desc limit 1) as number,
           coalesce(c.email, c.name, '') as title, b.reason as cause, b."at" as since, '' as detail
      from bounce b join customer c on c.shard = b.shard and c.id = b.customer_id
     where b.shard = :shard
"""
MINUTE = 60_000_000
# By waiting code: after so long somebody should look; None: once the promised day has passed.
TOO_LONG: Mapping[str, int | None] = {
    "decision": 10 * MINUTE,
    "plan": 10 * MINUTE,
    "label": 60 * MINUTE,
    "payment": 24 * 60 * MINUTE,
    "stock": None,
    "pick": None,
    "pack": None,
    "hand_over": None,
}


def _queue(code: str, limit: int | None) -> str:
    over = "q.cause < :today" if limit is None else f"q.since < :now - {limit}"
    return f"""
    select q.* from (
        select o.id as key, o.number, o.waiting_code as title, o.promised_to as cause,
               o.state_since as since, '' as detail
          from orders o where o.shard = :shard and o.waiting_code = '{code}'
         order by o.id limit {OLDEST}) q
     where {over}
    """


_SLOW = " union all ".join(_queue(code, limit) for code, limit in TOO_LONG.items())

KINDS = (
    Kind(MESSAGES, "Messages", _GAVE_UP),
    Kind(PAYMENTS, "Unknown payments", _UNKNOWN),
    Kind(STUCK, "Stuck payments", _held("payment_stuck", "payment")),
    Kind(WEBHOOKS, "Webhooks", None),
    Kind(INBOX, "Unread reports", _UNREAD),
    Kind(LATE, "Late parcels", _LATE, by_day=True),
    Kind(LOST, "Lost parcels", _LOST),
    Kind(BACK, "Returned parcels", _BACK),
    Kind(LABELS, "Refused labels", _held("hold", "label")),
    Kind(BOUNCED, "Bounced addresses", _BOUNCED),
    Kind(SLOW, "Overdue orders", _SLOW),
)
BY_CODE: Mapping[str, Kind] = {kind.code: kind for kind in KINDS}
