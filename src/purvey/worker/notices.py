"""Messages to customers: rendered from the order as it is now, sent, and kept."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from purvey.domain.order import Order
from purvey.ports.notifier import Bounced, Notice, Sent
from purvey.ports.storage import Message
from purvey.ports.trouble import Trouble, TryLater
from purvey.storage import tables
from purvey.storage.times import to_us
from purvey.worker.desk import Desk, Told
from purvey.worker.wording import facts_of, render

NOBODY = "nobody"


def notify(desk: Desk, messages: Sequence[Message]) -> None:
    """Render all, send those that have somebody to go to over one connection, keep all."""
    orders = desk.orders(messages)
    notices = [_notice(desk, m, orders[m.order_id or ""]) for m in messages]
    told = _send(desk, messages, notices)
    rows = [
        _row(desk, t, notice) for t, notice in zip(told, notices, strict=True) if t.trouble is None
    ]

    def record(tx: Any, _act: Any) -> None:
        tx.sql.insert_new(tables.notice, rows)
        desk.settle(tx, told)

    desk.record(record)
    desk.count(told)


def _notice(desk: Desk, message: Message, order: Order) -> Notice:
    template = message.effect.partition(".")[2]
    facts = facts_of(order, message, settings=desk.house.settings)
    rendered = render(template, facts, with_html=desk.house.outside.sends_html)
    return Notice(
        key=message.key,
        to=order.customer.email or "",
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
    )


def _send(
    desk: Desk, messages: Sequence[Message], notices: Sequence[Notice]
) -> list[Told[Sent | Bounced]]:
    addressed = [notice for notice in notices if notice.to]
    try:
        answers = desk.house.outside.notifier.send(addressed) if addressed else []
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


def _row(desk: Desk, told: Told[Sent | Bounced], notice: Notice) -> tuple[object, ...]:
    state = "bounced" if isinstance(told.answer, Bounced) else "sent"
    detail = told.answer.reason if isinstance(told.answer, Bounced) else None
    return (
        notice.key,
        told.message.order_id,
        told.message.effect.partition(".")[2],
        notice.to or None,
        notice.subject,
        notice.text,
        state if notice.to else NOBODY,
        detail,
        to_us(desk.house.clock()),
    )


EFFECTS = ("confirmation", "waiting_for_stock", "payment_problem", "shipped", "delivered")

HANDLERS: Mapping[str, Callable[[Desk, Sequence[Message]], None]] = {
    f"notify.{name}": notify for name in (*EFFECTS, "cancelled")
}
