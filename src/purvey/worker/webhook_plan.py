"""From the feed to deliveries: each endpoint reads the feed from where it stands, in order.

1. Endpoints that are behind are read, those at the same position together.
2. What an endpoint wants becomes a delivery, as long as it has room: MAX_WAITING open ones. What is
   beyond stays in the feed, which keeps it in any case, so a dead endpoint costs nothing more.
3. Deliveries and the new positions are one commit, and a position only moves from where it was
   read: an event becomes one delivery for an endpoint, not none and not two.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from purvey.domain.webhooks import MAX_WAITING, Delivery, Endpoint
from purvey.operations.event_types import event_id
from purvey.queries.history import Event, events_after
from purvey.queries.paging import MAX_PAGE
from purvey.queries.webhooks import AtWork, waiting_of
from purvey.storage.sql import Sql
from purvey.storage.transaction import SqlTransaction
from purvey.storage.webhooks import move_on
from purvey.wiring import House, new_id


@dataclass(slots=True)
class _Plan:
    deliveries: list[Delivery] = field(default_factory=list)
    cursors: list[tuple[str, int, int]] = field(default_factory=list)


def plan_deliveries(house: House, shard: int, at_work: Sequence[AtWork]) -> int:
    """Returns how many endpoints moved on."""
    behind = [x.endpoint for x in at_work if x.endpoint.fed_to < x.feed_end]
    if not behind:
        return 0
    with house.database.reading(shard) as sql:
        plan = _planned(sql, behind, house)
    if not plan.cursors:
        return 0

    def write(tx: SqlTransaction) -> None:
        tx.webhooks.add_deliveries(plan.deliveries)
        move_on(tx.sql, plan.cursors)

    house.database.run(shard, write)
    return len(plan.cursors)


def _planned(sql: Sql, behind: Sequence[Endpoint], house: House) -> _Plan:
    waiting = waiting_of(sql, {endpoint.id for endpoint in behind})
    room = {x.id: MAX_WAITING - waiting[x.id] for x in behind}
    places: dict[int, list[Endpoint]] = defaultdict(list)
    for endpoint in behind:
        if room[endpoint.id] > 0:
            places[endpoint.fed_to].append(endpoint)
    plan = _Plan()
    for position, endpoints in places.items():
        events = events_after(sql, position, limit=MAX_PAGE).items
        for endpoint in endpoints:
            _plan(plan, endpoint, events, room[endpoint.id], house)
    return plan


def _plan(
    plan: _Plan, endpoint: Endpoint, events: Sequence[Event], room: int, house: House
) -> None:
    wanted = [event for event in events if endpoint.wants(event.type)]
    chosen = wanted[:room]
    last = events[-1] if len(wanted) <= room else chosen[-1]
    # Ids of one millisecond are in no order; the log is read by id.
    ids = sorted(new_id("whd") for _ in chosen)
    now = house.clock()
    plan.deliveries += [
        Delivery(
            id=id_,
            endpoint_id=endpoint.id,
            event_id=event_id(event.order_id, event.version),
            type=event.type,
            order_id=event.order_id,
            position=event.position or 0,
            due_at=now,
            created_at=now,
        )
        for id_, event in zip(ids, chosen, strict=True)
    ]
    plan.cursors.append((endpoint.id, endpoint.fed_to, last.position or 0))
