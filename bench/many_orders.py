"""A database in which a shop has worked for a year: any number of orders, made in a minute or two.

1. The engine itself takes 400 orders: the templates (many_templates.py).
2. A list of copies is made: which template, when, and the hashes of its history, so that each chain
   is whole.
3. Each table gets its rows with one statement: templates times copies (many_rows.py). Secondary
   indexes are made anew at the end, which is far faster than keeping them up.

Documents, notices and messages that are done are left out: housekeeping removes most of them anyway.
The doctor finds nothing wrong with such a database; bench/growth.py lets it look.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.schema import CreateIndex, DropIndex

from bench.databases import Place
from bench.many_rows import COPIED, COPIES, FIRST_NUMBER, STEPS, insert, stage
from bench.many_templates import ACTOR, Template, Templates, templates
from purvey.operations.batch import history_hash
from purvey.storage import tables
from purvey.storage.times import to_us
from purvey.wiring import House

YEAR = timedelta(days=365)
WAITING_SHARE = 100  # one in so many orders still waits for its money


def fill(house: House, place: Place, url: str, *, orders: int) -> None:
    """Add `orders` copies to a house that has stock and `shop.AT_ONCE`."""
    originals = templates(house)
    now, database = house.clock(), house.database.engine
    database.dispose()
    with place.bulk_loading(url) as driver, _without_indexes(driver, database.dialect):
        for name in COPIED:
            driver.execute(stage(name, [template.order.id for template in originals.all]))
        place.bulk(driver, "t_history", _abridged(originals))
        driver.execute(COPIES)
        place.bulk(driver, "copies", _copies(originals, orders=orders, now=now))
        for name in COPIED:
            driver.execute(insert(name))
        for statement in _counters(originals.waiting, orders):
            driver.execute(statement)


def _abridged(originals: Templates) -> Iterator[tuple[Any, ...]]:
    """As the table has its columns: the shard, the order, the version ..."""
    for order, steps in originals.all:
        at = to_us(order.placed_at)
        for version, step in enumerate(steps, 1):
            yield (1, order.id, version, *step, ACTOR, None, "{}", at, "", None)


def _copies(originals: Templates, *, orders: int, now: datetime) -> Iterator[tuple[Any, ...]]:
    """Oldest first. The open ones are the newest: the day on which they end lies ahead."""
    pause, start = YEAR / orders, now - YEAR
    still_open, position = orders // WAITING_SHARE, 1
    for n in range(orders):
        some = originals.closed if n < orders - still_open else originals.waiting
        template = some[n % len(some)]
        yield _copy(template, n, at=start + n * pause, position=position)
        position += len(template.steps)


def _copy(template: Template, n: int, *, at: datetime, position: int) -> tuple[Any, ...]:
    order, stamp = template.order, f"{int(at.timestamp() * 1000):012x}"
    hashes = _hashes(template, stamp, at)
    return (
        *(n, order.id, order.customer_id, order.payments[0].id),
        *(stamp, to_us(at) - to_us(order.placed_at)),
        *(position, len(hashes), hashes[-1]),
        *(*hashes, *[None] * (STEPS - len(hashes))),
    )


def _hashes(template: Template, stamp: str, at: datetime) -> list[str]:
    hashes: list[str] = []
    order_id = _new_id(template.order.id, stamp)
    for version, step in enumerate(template.steps, 1):
        before = hashes[-1] if hashes else ""
        process, subject, *moved = step
        said = (process, _new_id(subject, stamp), *moved, ACTOR, None, "{}")
        hashes.append(history_hash(before, order_id, version, *said, at))
    return hashes


def _new_id(old: str, stamp: str) -> str:
    return f"{old[:4]}{stamp}{old[16:]}"


def _counters(waiting: list[Template], orders: int) -> Iterator[str]:
    """What is counted apart from its rows: reserved stock, order numbers, positions in the feed."""
    still_open = orders // WAITING_SHARE
    reserved: Counter[str] = Counter()
    for n in range(orders - still_open, orders):
        reserved.update({x.sku: x.reserved for x in waiting[n % len(waiting)].order.lines})
    for sku, units in reserved.items():
        yield f"update stock set reserved = reserved + {units} where sku = '{sku}'"
    numbers, positions = FIRST_NUMBER + orders, STEPS * orders + 1
    yield f"update counter set next = {numbers} where name = 'order_number'"
    # The templates were fed before their copies came; they are numbered after them.
    yield f"update history set position = position + {positions} where position is not null"
