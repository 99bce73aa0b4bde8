"""Our payments against a gateway's own books, while both move.

The two are different systems, so no snapshot spans them. How a difference is told from a delay:

1. Both sides are read in the order of their payment ids and merged, a page at a time. Whichever is
   read first misses what happens until the other one is read; so a difference is only a suspicion.
2. Money moves at the gateway only while a message for it is open here: it is promised before the
   call and ticked off in the transaction that records the answer. (Or a customer answers the bank:
   then our payment still says that it waits for them.)
3. So after a moment each suspect is read here (A), in the books (B), and here again (C). If A and C
   are equal, down to the order's version, and neither has an open message, then nothing was under
   way at B: what differs there has no excuse and is a finding.
4. Otherwise it is under way and counted as such. What stays under way shows elsewhere: as a message
   that is late, or that the worker gave up (which excuses nothing here).

The suspects that are remembered are limited; beyond that they are counted as unlisted.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from heapq import merge
from typing import Any, Protocol

from purvey.domain.money import to_text
from purvey.domain.paying import NEEDS_CUSTOMER
from purvey.queries.doctor.report import Finding, Tally
from purvey.storage.database import Database

PAGE = 500
MAX_SUSPECTS = 5000
PAUSE_SECONDS = 1.0
PARTS = ("authorised", "captured", "refunded", "voided")


class Charge(Protocol):
    """What a gateway's books hold against one payment; amounts in minor units."""

    @property
    def payment_id(self) -> str: ...
    @property
    def currency(self) -> str: ...
    @property
    def authorised(self) -> int: ...
    @property
    def captured(self) -> int: ...
    @property
    def refunded(self) -> int: ...
    @property
    def voided(self) -> int: ...
    @property
    def charges(self) -> int:
        """How often money was held for it."""
        ...


Books = Callable[[], Iterable[Charge]]  # ascending by payment id, in bounded memory
Ours = Any  # a row of _PAYMENTS


class Comparison:
    """One gateway's books beside the payments of all shards."""

    def __init__(self, database: Database, shards: Sequence[int], *, gateway: str, books: Books):
        self._database, self._shards = database, shards
        self._gateway, self._books = gateway, books

    def run(self, tally: Tally, *, pause: Callable[[float], None]) -> None:
        suspects, more = self._suspects(tally)
        if not suspects:
            return
        pause(PAUSE_SECONDS)
        findings = list(self._confirmed(suspects, tally))
        tally.add(findings)
        if findings and more:
            tally.add_unlisted(findings[-1].check, more)

    def _suspects(self, tally: Tally) -> tuple[list[str], int]:
        """The payments to look at again, and how many more there are."""
        found: list[str] = []
        more = 0
        for ours, theirs in _side_by_side(self._payments(), iter(self._books())):
            tally.checked["payments_compared"] += 1
            if _money(ours) == _money(theirs) and (theirs is None or theirs.charges < 2):
                continue
            if len(found) < MAX_SUSPECTS:
                found.append(ours.id if theirs is None else theirs.payment_id)
            else:
                more += 1
        return found, more

    def _payments(self) -> Iterator[Ours]:
        return merge(*map(self._payments_of, self._shards), key=lambda row: row.id)

    def _payments_of(self, shard: int) -> Iterator[Ours]:
        after = ""
        while page := self._page(shard, after):
            yield from page
            after = page[-1].id

    def _page(self, shard: int, after: str) -> list[Ours]:
        with self._database.reading(shard) as sql:
            return sql.rows(_PAYMENTS, gateway=self._gateway, after=after, limit=PAGE)

    def _confirmed(self, suspects: Sequence[str], tally: Tally) -> Iterator[Finding]:
        before = self._look_up(suspects)
        wanted = set(suspects)
        theirs = {x.payment_id: x for x in self._books() if x.payment_id in wanted}
        after = self._look_up(suspects)
        for payment_id in suspects:
            if _moving(before.get(payment_id), after.get(payment_id)):
                tally.checked["payments_in_flight"] += 1
            else:
                yield from self._compare(after.get(payment_id), theirs.get(payment_id))

    def _look_up(self, suspects: Sequence[str]) -> Mapping[str, Ours]:
        found: dict[str, Ours] = {}
        for shard in self._shards:
            with self._database.reading(shard) as sql:
                for start in range(0, len(suspects), PAGE):
                    ids = list(suspects[start : start + PAGE])
                    rows = sql.rows(_SUSPECTS, gateway=self._gateway, ids=ids)
                    found.update((row.id, row) for row in rows)
        return found

    def _compare(self, ours: Ours | None, theirs: Charge | None) -> Iterator[Finding]:
        if theirs is not None and theirs.charges > 1:
            what = f"{self._gateway} charged it {theirs.charges} times: {_words(theirs)}."
            remedy = "Give back at the gateway what was taken too often, then record it."
            yield _finding("nobody_is_charged_twice", what, ours, theirs, remedy)
        elif _money(ours) == _money(theirs):
            return
        elif ours is None:
            what = f"{self._gateway} has {_words(theirs)} for a payment that no order here has."
            yield _finding("the_gateways_money_is_known", what, ours, theirs, _LOST)
        else:
            there = _words(theirs) if theirs is not None else "nothing"
            what = f"Here {_words(ours)}; {self._gateway} has {there}."
            yield _finding("money_is_what_the_gateway_says", what, ours, theirs, _ASK)


def _finding(
    check: str, what: str, ours: Ours | None, theirs: Charge | None, remedy: str
) -> Finding:
    if ours is not None:
        where = f"payment {ours.id} of order {ours.number} ({ours.order_id})"
    else:
        assert theirs is not None
        where = f"payment {theirs.payment_id}"
    return Finding(promise=4, what=what, where=where, remedy=remedy, check=check)


def _side_by_side(
    ours: Iterator[Ours], theirs: Iterator[Charge]
) -> Iterator[tuple[Ours, Charge | None]]:
    """Both streams ascend by payment id; who has no partner comes with None."""
    mine, other = next(ours, None), next(theirs, None)
    while mine is not None or other is not None:
        if other is None or (mine is not None and mine.id < other.payment_id):
            yield mine, None
            mine = next(ours, None)
        elif mine is None or other.payment_id < mine.id:
            yield None, other
            other = next(theirs, None)
        else:
            yield mine, other
            mine, other = next(ours, None), next(theirs, None)


def _money(side: Any | None) -> tuple[object, ...]:
    """What has to be equal; nothing at all equals a payment that never moved money."""
    if side is None or not any(getattr(side, part) for part in PARTS):
        return ()
    return (side.currency, *(getattr(side, part) for part in PARTS))


def _words(side: Any) -> str:
    parts = ((part, getattr(side, part)) for part in PARTS)
    told = [f"{to_text(amount, side.currency)} {part}" for part, amount in parts if amount]
    return f"{', '.join(told)} ({side.currency})" if told else "nothing"


def _moving(before: Ours | None, after: Ours | None) -> bool:
    if before is None or after is None:
        return before is not after
    with_customer = after.state == "requested" and after.reason == NEEDS_CUSTOMER
    return tuple(before) != tuple(after) or after.calls > 0 or with_customer


_COLUMNS = """
select p.id, p.order_id, p.state, p.reason, p.authorised, p.captured, p.refunded, p.voided,
       o.number, o.version, o.currency
"""
_PAYMENTS = f"""
{_COLUMNS}
  from payment p join orders o on o.shard = p.shard and o.id = p.order_id
 where p.shard = :shard and p.gateway = :gateway and p.id > :after order by p.id limit :limit
"""
_SUSPECTS = f"""
{_COLUMNS},
       (select count(*) from outbox m
         where m.shard = :shard and m.order_id = p.order_id and m.state = 'open'
           and m.effect in ('payment.secure', 'payment.ask', 'payment.capture', 'payment.return',
                            'payment.call_off', 'payment.capture_exactly', 'payment.void_exactly',
                            'payment.refund_exactly')) as calls
  from payment p join orders o on o.shard = p.shard and o.id = p.order_id
 where p.shard = :shard and p.gateway = :gateway and p.id = any(:ids)
"""
_LOST = "An order was lost: bring it back from a backup, or give the money back at the gateway."
_ASK = "Ask the gateway what happened, and record what is missing on either side."
