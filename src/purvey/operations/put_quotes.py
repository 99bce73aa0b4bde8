"""Quotes: prices that hold until a day, and the orders that they became."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from purvey.domain.customers import mark_of
from purvey.domain.draft import Contact
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.people import note
from purvey.ports.desk import Quote
from purvey.ports.storage import Transaction

LONGEST_DAYS = 366
ORDERED = Refusal("ordered_already", "This quote has become an order, and goes with it.")
NOT_FOUND = Refusal("not_found", "There is no such quote.")
PAST = Refusal("day_past", "Write a day from today on.", pointer="/valid_until")
FAR = Refusal(
    "day_far", f"Prices are held for {LONGEST_DAYS} days at most.", pointer="/valid_until"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteWish:
    """`draft_id`: the draft that it is made from, which is done with it."""

    content: str
    customer: str
    contact: Contact
    total: int
    currency: str
    valid_until: date
    draft_id: str


def make_quotes(tx: Transaction, wishes: Sequence[QuoteWish], *, act: Act) -> list[Quote | Refusal]:
    refusals = [_refusal(wish, act) for wish in wishes]
    numbers = iter(tx.desk.next_quote_numbers(refusals.count(None)))
    answers = [
        _quote(wish, next(numbers), act) if refusal is None else refusal
        for wish, refusal in zip(wishes, refusals, strict=True)
    ]
    tx.desk.put_quotes([answer for answer in answers if isinstance(answer, Quote)])
    tx.desk.drop_drafts(
        {wish.draft_id for wish, refusal in zip(wishes, refusals, strict=True) if refusal is None}
    )
    return answers


def _refusal(wish: QuoteWish, act: Act) -> Refusal | None:
    days = (wish.valid_until - act.now.date()).days
    if days < 0:
        return PAST
    return FAR if days > LONGEST_DAYS else None


def _quote(wish: QuoteWish, number: int, act: Act) -> Quote:
    return Quote(
        number=number,
        content=wish.content,
        customer=wish.customer,
        total=wish.total,
        currency=wish.currency,
        valid_until=wish.valid_until,
        version=1,
        made_by=act.actor,
        made_at=act.now,
        changed_at=act.now,
        who=mark_of(wish.contact),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class QuoteOrdered:
    number: int
    order_id: str


def note_quotes(
    tx: Transaction, ordered: Sequence[QuoteOrdered], *, act: Act
) -> list[Quote | Refusal]:
    """The quotes that became orders; the first order stays."""
    quotes = dict(tx.desk.quotes({one.number for one in ordered}))
    answers: list[Quote | Refusal] = []
    for one in ordered:
        quote = quotes.get(one.number)
        if quote is not None and quote.order_id is None:
            quote = evolve(
                quote, order_id=one.order_id, version=quote.version + 1, changed_at=act.now
            )
            quotes[one.number] = quote
        answers.append(quote or NOT_FOUND)
    tx.desk.put_quotes([quotes[number] for number in sorted(quotes)])
    return answers


def drop_quotes(tx: Transaction, numbers: Sequence[int], *, act: Act) -> list[Quote | Refusal]:
    """For somebody who never ordered, there is no customer whose data could be erased: what is
    held about them are their quotes. The journal keeps who deleted which."""
    quotes = tx.desk.quotes(set(numbers))
    answers = [_droppable(quotes.get(number)) for number in numbers]
    gone = {answer.number for answer in answers if isinstance(answer, Quote)}
    tx.desk.drop_quotes(gone)
    tx.people.note([note(act, f"quote {number}", deed="deleted quote") for number in sorted(gone)])
    return answers


def _droppable(quote: Quote | None) -> Quote | Refusal:
    if quote is None:
        return NOT_FOUND
    return quote if quote.order_id is None else ORDERED
