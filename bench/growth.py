"""The same with a year of orders already there: does it stay as quick as on the first day?"""

import time
from collections.abc import Iterator
from contextlib import suppress
from statistics import median

from bench import shop
from bench.figures import Figure
from bench.life import live
from bench.load import Load, place_orders
from bench.looking import pages
from bench.many_orders import fill
from bench.processes import FIRST, Server, api_key, serving
from bench.running import Run, seconds
from purvey.queries.doctor import examine

CLIENTS = 32
DOCTOR_SECONDS = 20.0


class Broken(AssertionError):
    """The doctor finds something wrong with the orders that the bench made."""


def growth(run: Run) -> Iterator[Figure]:
    """Everything again with 1,000,000 orders in the database (quick: 300,000), in turns with an
    empty one: whole lives, orders over HTTP; then pages, memory, and the doctor's speed."""
    _proved(run)
    many = run.either(1_000_000, 300_000)
    empty, full = _stocked(run), _stocked(run)
    spent = seconds(lambda: _fill(run, full, many))
    run.say(f"{many:,} orders made in {spent:.0f} s")
    yield Figure(what=f"making {many:,} orders for what follows", values=(spent,), unit="s")
    yield _lives(run, empty, full, many)
    yield from pages(run, full)
    yield _receiving(run, empty, full, many)
    yield _memory(run, full, many)
    yield _doctor(run, full)
    run.place.drop(empty)
    run.place.drop(full)


def _stocked(run: Run) -> str:
    url = run.place.fresh()
    with shop.house(url) as house:
        shop.stock(house)
    return url


def _fill(run: Run, url: str, orders: int) -> None:
    with shop.house(url, **shop.AT_ONCE) as house:
        fill(house, run.place, url, orders=orders)


def _proved(run: Run) -> None:
    """Orders that are made like the million are orders: the doctor has looked at all of some."""
    url = _stocked(run)
    _fill(run, url, 2_000)
    with shop.house(url) as house:
        report = examine(house.database)
    run.place.drop(url)
    if not report.ok:
        raise Broken("; ".join(finding.what for finding in report.findings[:3]))


def _lives(run: Run, empty: str, full: str, many: int) -> Figure:
    rates: dict[str, list[float]] = {empty: [], full: []}
    for _ in range(run.times):
        for url, values in rates.items():
            with shop.house(url, **shop.AT_ONCE) as house:
                values.append(live(run, house, run.either(2_000, 600))[0].median)
    return _compared(f"whole life, 5 lines, after {many:,} orders", rates[full], rates[empty])


def _receiving(run: Run, empty: str, full: str, many: int) -> Figure:
    rates: dict[str, list[float]] = {empty: [], full: []}
    keys = {url: api_key(url) for url in rates}
    with (
        serving(empty, "--without-worker", cores=FIRST) as small,
        serving(full, "--without-worker", cores=FIRST) as large,
    ):
        servers = {empty: small, full: large}
        for url in rates:
            _load(servers[url], keys[url], 2)
        for _ in range(run.times):
            for url, values in rates.items():
                load = _load(servers[url], keys[url], run.either(6, 3))
                values.append(load.per_second)
                words = "after many orders" if url == full else "empty"
                run.say(f"HTTP, {CLIENTS} clients, {words}: {load.per_second:,.0f}/s")
    return _compared(f"orders over HTTP, 32 clients, after {many:,}", rates[full], rates[empty])


def _load(server: Server, key: str, for_seconds: int) -> Load:
    return place_orders(server, key, clients=CLIENTS, seconds=for_seconds)


def _compared(what: str, full: list[float], empty: list[float]) -> Figure:
    return Figure(
        what=what,
        values=tuple(full),
        unit="/s",
        ratio=median(f / e for f, e in zip(full, empty, strict=True)),
        ratio_of="of the empty database",
        ratio_least=0.8,
    )


def _memory(run: Run, url: str, many: int) -> Figure:
    """The most that server and worker together hold while they take orders and work on them."""
    key, most = api_key(url), 0.0
    with serving(url, settings=shop.AT_ONCE) as server:
        for _ in range(run.either(6, 2)):
            _load(server, key, 2)
            most = max(most, server.memory_mib())
    run.say(f"server and worker hold {most:.0f} MiB")
    what = f"memory of server and worker at work, {many:,} orders"
    return Figure(what=what, values=(most,), unit="MiB", most=300)


class _Enough(Exception):
    """The doctor has looked at enough orders to know its speed."""


def _doctor(run: Run, url: str) -> Figure:
    """Its speed over orders; what it asks about the shop as a whole takes its time before that."""
    begun = seen = looked = 0.0

    def progress(what: str, done: int, of: int) -> None:
        nonlocal begun, seen, looked
        if what != "orders":
            return
        begun = begun or time.perf_counter()
        seen, looked = done, time.perf_counter() - begun
        if looked > DOCTOR_SECONDS:
            raise _Enough

    start = time.perf_counter()
    with shop.house(url) as house, suppress(_Enough):
        examine(house.database, progress=progress)
    rate = seen / max(looked, 0.001)
    whole = f"what concerns the whole shop takes {begun - start:.1f} s more"
    run.say(f"doctor: {rate:,.0f} orders/s; {whole}")
    return Figure(what="doctor", values=(rate,), unit="orders/s", note=whole)
