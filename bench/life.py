"""The whole life of an order, from received to closed, with the sandbox's gateway and carrier."""

from collections.abc import Iterator
from itertools import count

from bench import shop
from bench.figures import Figure
from bench.running import Run, seconds
from purvey.wiring import DEFAULT_SHARD, House
from purvey.worker.run import Worker

LINES, BATCH = 5, 200
_tags = count(1)


class NotClosed(AssertionError):
    """Some orders did not come to their end."""


def whole_life(run: Run) -> Iterator[Figure]:
    """10,000 orders of 5 lines: received in batches of 200, paid, picked, packed, labelled, handed
    over, tracked, delivered, told about and closed; all in one process. Then the worker's part."""
    url = run.place.fresh()
    with shop.house(url, **shop.AT_ONCE) as house:
        shop.stock(house)
        live(run, house, 200)
        yield from live(run, house, run.either(10_000, 1_000), least=300)
    run.place.drop(url)


def live(run: Run, house: House, orders: int, *, least: float | None = None) -> list[Figure]:
    """`orders` whole lives, on a house with any number of closed orders."""
    closed_before = _closed(house)
    maker = shop.Orders(f"life{next(_tags)}", lines=LINES)
    drafts = [maker.take(BATCH) for _ in range(orders // BATCH)]
    receiving = seconds(lambda: [house.receive(batch, actor="bench") for batch in drafts])
    working = seconds(lambda: Worker(house).run(until_idle=True))
    closed = _closed(house) - closed_before
    if closed != orders:
        raise NotClosed(f"{closed} of {orders}")
    whole, alone = orders / (receiving + working), orders / working
    run.say(f"{orders:,} lives: {whole:,.0f}/s, the worker alone {alone:,.0f}/s")
    return [
        Figure(
            what=f"whole life, {LINES} lines, {orders:,} orders, one process",
            values=(whole,),
            unit="/s",
            least=least,
        ),
        Figure(what="of it the worker alone", values=(alone,), unit="/s"),
    ]


def _closed(house: House) -> int:
    with house.database.reading(DEFAULT_SHARD) as sql:
        query = "select count(*) from orders where shard = :shard and state = 'closed'"
        return int(sql.scalar(query))
