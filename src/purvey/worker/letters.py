"""Writing one message to a customer: which text, in which language, about which events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import structlog

from purvey.adapters.messages import (
    EVERY_LANGUAGE,
    FRAME,
    BadText,
    Compiled,
    Frame,
    MessageText,
    Part,
    Rendered,
    compile_frame,
    compile_text,
    render,
)
from purvey.domain.order import Order
from purvey.ports.notices import ShopText
from purvey.ports.notifier import Notice
from purvey.ports.storage import Message
from purvey.queries.letters import names_of_places, next_deliveries
from purvey.queries.wording import PICKUP, facts_of, language_for
from purvey.storage.message_texts import SqlTexts
from purvey.storage.sql import Sql
from purvey.wiring import House

log = structlog.get_logger()
CONFIRMATION = "confirmation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    notice: Notice
    language: str
    text_version: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What letters need beside their orders. `expected`: the next delivery's ISO day, by sku."""

    texts: Mapping[tuple[str, str], ShopText]
    places: Mapping[str, str]
    expected: Mapping[str, str]


def read_for_letters(sql: Sql, messages: Sequence[Message], orders: Mapping[str, Order]) -> Known:
    """A few small questions, however many letters; those that nobody needs are not asked."""
    collects = any(order.shipping_method == PICKUP for order in orders.values())
    waits = {m.order_id for m in messages if m.effect == "notify.waiting_for_stock"}
    skus = {
        line.sku for order_id in waits for line in orders[order_id or ""].lines if line.backordered
    }
    return Known(
        texts=SqlTexts(sql).latest(),
        places=names_of_places(sql) if collects else {},
        expected=next_deliveries(sql, skus) if skus else {},
    )


class LetterWriter:
    def __init__(self, house: House, known: Known):
        self._house, self._known = house, known

    def write(self, order: Order, messages: Sequence[Message], *, key: str) -> Letter:
        """One letter about all the messages."""
        language = language_for(order, self._house.settings)
        parts = [self._part(order, message, language) for message in _sorted(messages)]
        rendered, parts = self._rendered(parts, language)
        last = parts[-1].text
        return Letter(
            notice=Notice(
                key=key,
                to=order.customer.email or "",
                phone=order.customer.phone or "",
                subject=rendered.subject,
                text=rendered.text,
                html=rendered.html,
                language=language,
                about=order.id,
            ),
            language=language,
            text_version=last.version if last else 0,
        )

    def _rendered(self, parts: list[Part], language: str) -> tuple[Rendered, list[Part]]:
        """What the shop wrote was tried on samples before it went live. If it fails all the same,
        the customer is told without the frame, and if need be in the built-in words."""
        plain = [Part(message=part.message, facts=part.facts) for part in parts]
        footer, html = self._text("footer", language), self._house.outside.sends_html
        for frame in dict.fromkeys((self._frame() if html else None, None)):
            try:
                mail = render(*parts, language=language, footer=footer, frame=frame, with_html=html)
            except BadText as error:
                log.error("text_failed", language=language, error=str(error))
            else:
                return mail, parts
        return render(*plain, language=language, with_html=html), plain

    def _frame(self) -> Frame | None:
        own = self._known.texts.get((FRAME, EVERY_LANGUAGE))
        return None if own is None or own.is_built_in else compiled_frame(own)

    def _part(self, order: Order, message: Message, language: str) -> Part:
        expected = [
            day
            for line in order.lines
            if line.backordered and (day := self._known.expected.get(line.sku))
        ]
        facts = facts_of(
            order,
            message,
            settings=self._house.settings,
            language=language,
            places=self._known.places,
            expected=max(expected, default=None),
        )
        name = message.effect.partition(".")[2]
        return Part(message=name, facts=facts, text=self._text(name, language))

    def _text(self, message: str, language: str) -> Compiled | None:
        own = self._known.texts.get((message, language))
        return None if own is None or own.is_built_in else compiled(own)


def _sorted(messages: Sequence[Message]) -> list[Message]:
    """In the order of events, after the thanks for the order."""
    return sorted(messages, key=lambda m: (not m.effect.endswith(CONFIRMATION), m.seq))


@lru_cache(maxsize=256)
def compiled(text: ShopText) -> Compiled:
    return compile_text(
        MessageText(
            subject=text.subject or "",
            title=text.title or "",
            body=text.body or "",
            version=text.version,
        )
    )


@lru_cache(maxsize=4)
def compiled_frame(text: ShopText) -> Frame:
    return compile_frame(text.body or "", version=text.version)
