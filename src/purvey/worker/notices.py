"""Messages to customers: worded from the order as it is now, sent, and kept.

1. What can wait waits for the morning (quiet hours).
2. What else waits to be told about the same order is claimed too: one mail tells of it all.
3. Sent with no transaction open; what was sent is kept with the tick that says so, in one commit.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from itertools import chain
from typing import Any

from purvey.domain.effects import Effect
from purvey.domain.order import Order
from purvey.operations.tell import AT_ONCE
from purvey.ports.notifier import Bounced, Notice, Sent
from purvey.ports.storage import Message
from purvey.ports.trouble import Trouble, TryLater
from purvey.storage.notices import NoticeRow, claim_news, keep_notices, note_bounces, waiting_news
from purvey.storage.sql import Sql
from purvey.worker.desk import Desk, Told
from purvey.worker.letters import Letter, LetterWriter, read_for_letters

NOBODY = "nobody"
CANCELLED, REFUNDED, DELIVERED = Effect.TELL_CANCELLED, Effect.TELL_REFUNDED, Effect.TELL_DELIVERED
OVERTAKEN = (
    Effect.TELL_SHIPPED,
    Effect.TELL_OUT_FOR_DELIVERY,
    Effect.TELL_READY_TO_COLLECT,
    Effect.TELL_NOT_DELIVERED,
)
Along = Mapping[str, list[Message]]  # what is told along, by the key of the message that tells it


def notify(desk: Desk, messages: Sequence[Message]) -> None:
    quiet_until = desk.house.quiet_hours.until(desk.house.clock())
    late = [m for m in messages if quiet_until and not _is_urgent(m)]
    if late and quiet_until:
        keys = [m.key for m in late]
        desk.record(lambda tx, _act: tx.messages.again(keys, quiet_until))
    now = [m for m in messages if m not in late]
    if now:
        _notify_now(desk, now)


def _is_urgent(message: Message) -> bool:
    return Effect(message.effect) in AT_ONCE or _by_hand(message)


def _notify_now(desk: Desk, messages: Sequence[Message]) -> None:
    orders = desk.orders(messages)
    along = _along(desk, messages)
    with desk.house.database.reading(desk.shard) as sql:
        known = read_for_letters(sql, [*messages, *chain(*along.values())], orders)
    writer = LetterWriter(desk.house, known)
    letters = [
        writer.write(
            orders[m.order_id or ""], _worth_telling([m, *along.get(m.key, ())]), key=m.key
        )
        for m in messages
    ]
    told = _send(desk, messages, [letter.notice for letter in letters])
    rows = [
        row
        for one, letter in zip(told, letters, strict=True)
        if one.trouble is None
        for row in _rows(desk, one, letter, along.get(one.message.key, ()))
    ]

    def record(tx: Any, _act: Any) -> None:
        keep_notices(tx.sql, rows)
        _note_bounces(desk, tx.sql, told, orders)
        desk.settle(tx, told)
        tx.messages.done([row.key for row in rows if row.state == "joined"], desk.house.clock())
        wait = timedelta(seconds=desk.house.settings.message_wait_seconds)
        tx.messages.again(_untold(told, along), desk.house.clock() + wait)

    desk.record(record)
    desk.count(told)


def _along(desk: Desk, messages: Sequence[Message]) -> Along:
    """What was asked for by hand goes alone, and so does everything where nothing waits."""
    house = desk.house
    orders = {m.order_id or "" for m in messages if not _by_hand(m)}
    if not house.settings.message_wait_seconds or not orders:
        return {}
    with house.database.reading(desk.shard) as sql:
        waiting = [m for m in waiting_news(sql, orders) if not _by_hand(m)]
    if not waiting:
        return {}
    keys, lease = [m.key for m in waiting], house.settings.lease_seconds
    ours = desk.record(lambda tx, act: claim_news(tx.sql, keys, now=act.now, lease_seconds=lease))
    # Of several messages of one order the first one tells what came along.
    teller = {m.order_id: m.key for m in reversed(messages) if not _by_hand(m)}
    along: dict[str, list[Message]] = defaultdict(list)
    for one in waiting:
        if one.key in ours:
            along[teller[one.order_id]].append(one)
    return along


def _by_hand(message: Message) -> bool:
    return "again" in json.loads(message.payload)


def _worth_telling(messages: Sequence[Message]) -> list[Message]:
    """Nobody needs to hear that a parcel leaves of which the same mail says that it is there."""
    if any(m.effect == CANCELLED for m in messages):
        return [m for m in messages if m.effect in (CANCELLED, REFUNDED)]
    arrived = {m.subject_id for m in messages if m.effect == DELIVERED}
    overtaken = [m for m in messages if m.effect in OVERTAKEN and m.subject_id in arrived]
    return [m for m in messages if m not in overtaken]


def _send(
    desk: Desk, messages: Sequence[Message], notices: Sequence[Notice]
) -> list[Told[Sent | Bounced]]:
    outside = desk.house.outside
    addressed = [notice for notice in notices if notice.to or not outside.needs_address]
    try:
        answers = outside.notifier.send(addressed) if addressed else []
    except Trouble as trouble:
        answers = [trouble] * len(addressed)
    by_key = {n.key: answer for n, answer in zip(addressed, answers, strict=True)}
    return [_told(message, by_key.get(message.key)) for message in messages]


def _told(message: Message, answer: Sent | Bounced | Exception | None) -> Told[Sent | Bounced]:
    if isinstance(answer, Trouble):
        return Told(message, trouble=answer)
    if isinstance(answer, Exception):
        return Told(message, trouble=TryLater(str(answer)))
    return Told(message, answer)


def _untold(told: Iterable[Told[Any]], along: Along) -> list[str]:
    failed = [one.message.key for one in told if one.trouble is not None]
    return [m.key for key in failed for m in along.get(key, ())]


def _rows(
    desk: Desk, told: Told[Sent | Bounced], letter: Letter, along: Iterable[Message]
) -> list[NoticeRow]:
    """What was sent, and a row for each event that it told of as well."""
    needs_address = desk.house.outside.needs_address
    notice, bounced = letter.notice, isinstance(told.answer, Bounced)
    state = "bounced" if bounced else "sent"
    detail = told.answer.reason if isinstance(told.answer, Bounced) else None

    def row(message: Message, **rest: Any) -> NoticeRow:
        return NoticeRow(
            key=message.key,
            order_id=message.order_id or "",
            template=message.effect.partition(".")[2],
            recipient=(notice.to if needs_address else notice.phone) or None,
            subject=notice.subject,
            at=desk.house.clock(),
            language=letter.language,
            text_version=letter.text_version,
            **rest,
        )

    state = state if told.answer else NOBODY
    first = row(told.message, body=notice.text, state=state, detail=detail)
    return [first, *(row(m, body="", state="joined", detail=first.key) for m in along)]


def _note_bounces(
    desk: Desk, sql: Sql, told: Sequence[Told[Sent | Bounced]], orders: Mapping[str, Order]
) -> None:
    bounced, reached = dict[str, str](), set[str]()
    for one in told:
        customer = orders[one.message.order_id or ""].customer_id
        if customer and isinstance(one.answer, Bounced):
            bounced[customer] = one.answer.reason
        elif customer and isinstance(one.answer, Sent):
            reached.add(customer)
    note_bounces(sql, bounced, reached=reached - bounced.keys(), now=desk.house.clock())


HANDLERS: Mapping[str, Callable[[Desk, Sequence[Message]], None]] = {
    effect: notify for effect in Effect if effect.startswith("notify.")
}
