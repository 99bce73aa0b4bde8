"""Orders over HTTP: a real server, real sockets, distinct customers, three lines each."""

from collections.abc import Iterator
from dataclasses import replace
from statistics import median

from bench import shop
from bench.figures import Figure
from bench.load import Load, place_orders
from bench.processes import FIRST, Server, api_key, serving
from bench.running import Run
from purvey.wiring import DEFAULT_SHARD

CLIENTS = (32, 8, 1)
WARM_UP_SECONDS = 2


class Miscounted(AssertionError):
    """The database does not hold the orders that were confirmed."""


def orders_over_http(run: Run) -> Iterator[Figure]:
    """Orders/s with 32, 8 and 1 clients; the times of the lone one. The server process is alone on
    the first core, the load on the last one; the worker does not run."""
    url = run.place.fresh()
    _stocked(url)
    key = api_key(url)
    with serving(url, "--without-worker", cores=FIRST) as server:
        yield from _figures(run, server, key, url)
    run.place.drop(url)


def orders_with_worker(run: Run) -> Iterator[Figure]:
    """Orders/s with 32 clients while the worker takes payments and plans parcels of the same
    orders; server, worker, load and database share all cores."""
    url = run.place.fresh()
    _stocked(url)
    key = api_key(url)
    with serving(url) as server:
        loads = _loads(run, server, key, 32, cores=None)
        _check(url, loads, 32)
    run.place.drop(url)
    counted = tuple(load.per_second for load in loads[1:])
    yield Figure(what="the same, worker beside it, 32 clients", values=counted, unit="/s")


def _stocked(url: str) -> None:
    with shop.house(url) as house:
        shop.stock(house)


def _figures(run: Run, server: Server, key: str, url: str) -> Iterator[Figure]:
    every: list[Load] = []
    for clients in CLIENTS:
        loads = _loads(run, server, key, clients)
        every += loads
        counted = loads[1:]
        yield Figure(
            what=f"orders over HTTP, {clients} client{'s' if clients > 1 else ''}",
            values=tuple(load.per_second for load in counted),
            unit="/s",
            least=1500 if clients == 32 else None,
            note=f"p50 {median(x.p50 for x in counted):.1f} ms,"
            f" p99 {median(x.p99 for x in counted):.1f} ms;"
            f" {median(x.server_ms for x in counted):.2f} ms of the server's CPU an order",
        )
        if clients == 1:
            yield from _lone(counted)
    _check(url, every, max(CLIENTS))
    run.say(f"orders in the database: those that were confirmed ({sum(x.taken for x in every):,})")


def _lone(loads: list[Load]) -> Iterator[Figure]:
    asked = {"p50": 5.0, "p95": None, "p99": 25.0}
    for name, most in asked.items():
        values = tuple(getattr(load, name) for load in loads)
        yield Figure(what=f"one lone order, {name}", values=values, unit="ms", most=most)


def _loads(
    run: Run, server: Server, key: str, clients: int, **options: set[int] | None
) -> list[Load]:
    """The first one only warms up."""
    warm_up = place_orders(server, key, clients=clients, seconds=WARM_UP_SECONDS, **options)
    loads = [warm_up]
    for _ in range(run.times):
        used = server.cpu_seconds()
        load = place_orders(server, key, clients=clients, seconds=run.either(8, 3), **options)
        used = server.cpu_seconds() - used
        load = replace(load, server_ms=used / max(1, load.taken) * 1000)
        loads.append(load)
        run.say(
            f"HTTP, {clients} clients: {load.per_second:,.0f}/s, p50 {load.p50:.1f},"
            f" p95 {load.p95:.1f}, p99 {load.p99:.1f} ms, server's CPU {load.server_ms:.2f} ms"
        )
    return loads


def _check(url: str, loads: list[Load], clients: int) -> None:
    """Orders whose answer was on its way when the clock stopped are there and were not counted."""
    with shop.house(url) as house, house.database.reading(DEFAULT_SHARD) as sql:
        there = int(sql.scalar("select count(*) from orders where shard = :shard"))
    taken, in_flight = sum(load.taken for load in loads), clients * len(loads)
    refused = sum(load.refused + load.lost for load in loads)
    if refused or not taken <= there <= taken + in_flight:
        raise Miscounted(f"{taken} confirmed, {there} in the database, {refused} refused or lost")
