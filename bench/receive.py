"""Receiving in this process, without HTTP, against what the database and its driver can do."""

from collections.abc import Iterator
from itertools import count
from statistics import median

from bench import hand_written, shop
from bench.figures import Figure
from bench.running import Run, seconds
from bench.same_rows import TAG, Write, freshened, recorded, replay
from purvey.wiring import House

BATCHES = (500, 100, 16, 1)
ACTOR = "bench"
_tags = count(1)
_rounds = count(1)


def receive_in_process(run: Run) -> Iterator[Figure]:
    """Orders/s of `receive` in batches of 500, 100, 16 and 1, and of the very same rows written by
    the driver alone; both on the same tables of the same database, in turns."""
    url = run.place.fresh()
    with shop.house(url) as house:
        shop.stock(house)
        _warm_up(house)
        for size in BATCHES:
            yield _against_same_rows(run, house, url, size)
    run.place.drop(url)


def limit_by_hand(run: Run) -> Iterator[Figure]:
    """Orders/s of the hand-written SQL of ../shared/bench/limit, batches of 500: other, fewer rows
    (no chained history, no reservation by place, no customer), on tables of its own."""
    values = run.repeat(lambda: hand_written.orders_per_second(run.place, run.either(4, 2)))
    if values[0]:
        yield Figure(
            what="hand-written limit, other rows, batches of 500", values=values, unit="/s"
        )


def _warm_up(house: House) -> None:
    """Plans and caches are made, and no table is empty any more."""
    orders = shop.Orders(f"warm{next(_tags)}")
    for _ in range(10):
        house.receive(orders.take(50), actor=ACTOR)


def _against_same_rows(run: Run, house: House, url: str, size: int) -> Figure:
    ours, limits = [], []
    for _ in range(run.times):
        writes = _recorded(house, size)
        batches = _batches(run, size)
        orders = shop.Orders(f"orders{next(_tags)}")
        drafts = [orders.take(size) for _ in range(batches)]
        spent = seconds(lambda d=drafts: [house.receive(batch, actor=ACTOR) for batch in d])
        ours.append(size * batches / spent)
        limits.append(_limit(run, url, writes, size=size, batches=batches))
        run.say(f"receive, batches of {size}: {ours[-1]:,.0f}/s, same rows {limits[-1]:,.0f}/s")
    return Figure(
        what=f"receive in-process, batches of {size}",
        values=tuple(ours),
        unit="/s",
        ratio=median(mine / limit for mine, limit in zip(ours, limits, strict=True)),
        ratio_of=f"of the same rows by the bare driver ({median(limits):,.0f}/s)",
        ratio_least=0.5 if size == 500 else None,
    )


def _batches(run: Run, size: int) -> int:
    """So many that a run takes a second or more."""
    return {500: run.either(12, 4), 100: run.either(40, 15), 16: run.either(150, 50)}.get(
        size, run.either(400, 150)
    )


def _recorded(house: House, size: int) -> list[Write]:
    orders = shop.Orders(f"{TAG}{next(_tags)}")
    with recorded() as writes:
        house.receive(orders.take(size), actor=ACTOR)
    return writes


def _limit(run: Run, url: str, writes: list[Write], *, size: int, batches: int) -> float:
    rounds = [freshened(writes, next(_rounds), orders=_FAR_AWAY) for _ in range(batches)]
    with run.place.driver(url) as driver:
        return size * batches / replay(driver, rounds)


_FAR_AWAY = 1_000_000  # order numbers of two rounds never meet
