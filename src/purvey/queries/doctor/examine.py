"""Examine a shop while it runs: every promise, on all that is stored, a page at a time.

1. Each shard check is one statement, which sees one moment.
2. Orders are read in pages by id, each page in a read transaction of its own, up to the order that
   was the newest at the start: the walk ends, memory does not grow, and no snapshot is held long
   (an old one keeps SQLite's log growing and PostgreSQL's dead rows alive).
3. The gateways' books come last, by the rules in books.py.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from purvey.ports.trouble import Trouble
from purvey.queries.doctor.books import Books, Comparison
from purvey.queries.doctor.case import Case, Page, Wrong, read_page, where
from purvey.queries.doctor.checks import ORDER_CHECKS, SHARD_CHECKS
from purvey.queries.doctor.durability import forgetful
from purvey.queries.doctor.quantities import broken_lines
from purvey.queries.doctor.report import Finding, Progress, Report, Tally
from purvey.queries.doctor.shard_check import run
from purvey.storage.database import Database
from purvey.storage.sql import Sql

NO_BOOKS: Mapping[str, Books] = {}


def examine(
    database: Database,
    *,
    books: Mapping[str, Books] = NO_BOOKS,
    durability: bool = False,
    progress: Progress = lambda what, done, of: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
    pause: Callable[[float], None] = time.sleep,
) -> Report:
    """`books`: of each gateway whose books can be read, by the name that payments have for it.

    `durability`: look at the database's own settings, too. Tests work on databases that forget.
    """
    tally = Tally()
    if durability:
        with database.reading(0) as sql:
            tally.add(forgetful(sql, sqlite=database.is_sqlite), note=True)
    shards = _shards(database)
    for shard in shards:
        _check_shard(database, shard, now=now(), tally=tally, progress=progress)
        _check_orders(database, shard, tally=tally, progress=progress)
    for gateway, read in books.items():
        progress(f"books of {gateway}", 0, 1)
        try:
            Comparison(database, shards, gateway=gateway, books=read).run(tally, pause=pause)
        except Trouble as error:
            tally.add([_unread(gateway, error)], note=True)
        progress(f"books of {gateway}", 1, 1)
    return tally.report()


def _shards(database: Database) -> list[int]:
    with database.reading(0) as sql:
        return [row.shard for row in sql.rows("select shard from shop order by shard")]


def _check_shard(
    database: Database, shard: int, *, now: datetime, tally: Tally, progress: Progress
) -> None:
    for done, check in enumerate(SHARD_CHECKS):
        progress(check.name.replace("_", " "), done, len(SHARD_CHECKS))
        with database.reading(shard) as sql:
            run(check, sql, now=now, tally=tally)
    with database.reading(shard) as sql:
        tally.checked.update({name: sql.scalar(query) for name, query in _COUNTS.items()})


def _check_orders(database: Database, shard: int, *, tally: Tally, progress: Progress) -> None:
    with database.reading(shard) as sql:
        many, last = sql.rows(_EXTENT)[0]
    tally.checked.update(_NOTHING)
    done, after = 0, ""
    while last is not None and after < last:
        with database.reading(shard) as sql:
            page = read_page(sql, after=after, last=last)
            tally.add(_of_unreadable(sql, page))
        if not page.heads:
            return
        tally.add(finding for case in page.cases for finding in _of_case(case))
        _count(page, tally)
        done, after = done + len(page.heads), page.heads[-1].id
        progress("orders", done, max(many, done))


def _of_case(case: Case) -> Iterator[Finding]:
    for promise, check in ORDER_CHECKS:
        for wrong in check(case):
            yield _finding(promise, check.__name__, wrong, case.where)


def _of_unreadable(sql: Sql, page: Page) -> Iterator[Finding]:
    """Lines that do not add up make an order unreadable; whatever else does is told as it came."""
    heads = {head.id: head for head, _ in page.unreadable}
    if not heads:
        return
    explained = set()
    for order_id, wrong in broken_lines(sql, heads):
        explained.add(order_id)
        yield _finding(5, "quantities_add_up", wrong, where(heads[order_id]))
    for head, fault in page.unreadable:
        if head.id not in explained:
            wrong = Wrong(f"The order cannot be read: {fault}", "Compare it with a backup.")
            yield _finding(1, "every_order_can_be_read", wrong, where(head))


def _finding(promise: int, check: str, wrong: Wrong, place: str) -> Finding:
    return Finding(promise=promise, what=wrong.what, where=place, remedy=wrong.remedy, check=check)


def _unread(gateway: str, error: Trouble) -> Finding:
    return Finding(
        promise=4,
        what=f"The books of {gateway} could not be read: {error}",
        where=f"gateway {gateway}",
        remedy="Run the doctor again when the gateway answers.",
        check="books_can_be_read",
    )


def _count(page: Page, tally: Tally) -> None:
    checked = tally.checked
    checked["orders"] += len(page.heads)
    for case in page.cases:
        checked["lines"] += len(case.order.lines)
        checked["payments"] += len(case.order.payments)
        checked["shipments"] += len(case.order.shipments)
        checked["history"] += len(case.history)


_NOTHING = {"orders": 0, "lines": 0, "payments": 0, "shipments": 0, "history": 0}
_EXTENT = "select count(*), max(id) from orders where shard = :shard"
_COUNTS = {
    "products": "select count(*) from product where shard = :shard",
    "stock": "select count(*) from stock where shard = :shard",
    "movements": "select count(*) from movement where shard = :shard",
    "messages": "select count(*) from outbox where shard = :shard",
}
