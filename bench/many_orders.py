"""A database in which a shop has worked for a year: any number of orders, made in a minute or two.

1. The engine itself takes 400 orders: the templates (many_templates.py).
2. A list of copies is made: which template, when, and the hashes of its history, so that each chain
   is whole.
3. Each table gets its rows with one statement: templates times copies (many_rows.py). Secondary
   indexes are made anew at the end, which is far faster than keeping them up.

Documents, notices and messages that are done are left out; the doctor finds nothing wrong with
such a database, and bench/growth.py lets it look.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.schema import CreateIndex, DropIndex

from bench.databases import Place
from bench.many_rows import COPIED, COPIES, FIRST_NUMBER, STEPS, insert, stage
from bench.many_templates import ACTOR, Template, Templates, templates
from purvey.operations.batch import history_hash
from purvey.storage import tables
from purvey.storage.times import to_us
from purvey.wiring import DEFAULT_SHARD, House

YEAR = timedelta(days=365)
PROMISED = timedelta(days=5)  # after an order was placed
WAITING_SHARE = 100  # one in so many orders still waits for its money
Row = tuple[Any, ...]


def fill(house: House, place: Place, url: str, *, orders: int) -> None:
    """Add `orders` copies to a house that has stock and `shop.AT_ONCE`."""
    originals = templates(house)
    now, position = house.clock(), _next_position(house)
    copies = _copies(originals, orders=orders, start=now - YEAR, position=position)
    house.database.engine.dispose()
    with place.bulk_loading(url) as driver, _without_indexes(driver, house):
        for name in COPIED:
            # Of what is closed no message is left.
            some = originals.waiting if name == "outbox" else originals.all
            driver.execute(stage(name, [template.order.id for template in some]))
        place.bulk(driver, "t_history", _abridged(originals))
        driver.execute(COPIES)
        place.bulk(driver, "copies", copies)
        for name in COPIED:
            driver.execute(insert(name))
        for statement in _counters(originals, orders, position=position):
            driver.execute(statement)


def _next_position(house: House) -> int:
    """In the feed."""
    with house.database.reading(DEFAULT_SHARD) as sql:
        query = "select next from counter where shard = :shard and name = 'event_position'"
        return int(sql.scalar(query))


@contextmanager
def _without_indexes(driver: Any, house: House) -> Iterator[None]:
    indexes = [index for name in COPIED for index in tables.metadata.tables[name].indexes]
    dialect = house.database.engine.dialect
    for index in indexes:
        driver.execute(str(DropIndex(index).compile(dialect=dialect)))
    yield
    for index in indexes:
        driver.execute(str(CreateIndex(index).compile(dialect=dialect)))


def _abridged(originals: Templates) -> Iterator[Row]:
    """As the table of history has its columns: the shard, the order, the version ..."""
    for order, steps in originals.all:
        at = to_us(order.placed_at)
        for version, step in enumerate(steps, 1):
            yield (DEFAULT_SHARD, order.id, version, *step, ACTOR, None, "{}", at, "", None)


def _copies(originals: Templates, *, orders: int, start: datetime, position: int) -> Iterator[Row]:
    """Oldest first. The open ones are the newest: the day on which they end lies ahead."""
    still_open = orders // WAITING_SHARE
    for n in range(orders):
        some = originals.closed if n < orders - still_open else originals.waiting
        template = some[n % len(some)]
        yield _copy(template, n, at=start + n * (YEAR / orders), position=position)
        position += len(template.steps)


def _copy(template: Template, n: int, *, at: datetime, position: int) -> Row:
    order, stamp = template.order, f"{int(at.timestamp() * 1000):012x}"
    hashes = _hashes(template, stamp, at)
    return (
        *(n, order.id, order.customer_id, order.payments[0].id),
        *(stamp, to_us(at) - to_us(order.placed_at)),
        (at + PROMISED).date().isoformat(),
        *(position, len(hashes), hashes[-1]),
        *(*hashes, *[None] * (STEPS - len(hashes))),
    )


def _hashes(template: Template, stamp: str, at: datetime) -> list[str]:
    hashes = [""]
    order_id = _new_id(template.order.id, stamp)
    for version, (process, subject, *moved) in enumerate(template.steps, 1):
        said = (process, _new_id(subject, stamp), *moved, ACTOR, None, "{}")
        hashes.append(history_hash(hashes[-1], order_id, version, *said, at))
    return hashes[1:]


def _new_id(old: str, stamp: str) -> str:
    return f"{old[:4]}{stamp}{old[16:]}"


def _counters(originals: Templates, orders: int, *, position: int) -> Iterator[str]:
    """What is counted apart from its rows: reserved stock, order numbers, positions in the feed."""
    some, still_open = originals.waiting, orders // WAITING_SHARE
    reserved: Counter[str] = Counter()
    for n in range(orders - still_open, orders):
        reserved.update({x.sku: x.reserved for x in some[n % len(some)].order.lines})
    for sku, units in reserved.items():
        yield f"update stock set reserved = reserved + {units} where sku = '{sku}'"
    position += (orders - still_open) * len(originals.closed[0].steps)
    position += still_open * len(some[0].steps)
    for name, value in (("order_number", FIRST_NUMBER + orders), ("event_position", position)):
        yield f"update counter set next = {value} where name = '{name}'"
