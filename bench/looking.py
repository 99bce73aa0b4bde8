"""How long people wait for a page of a shop with many orders: the office's pages, and by the API an
order, worklists, searches."""

import http.client
import random
import time
from collections.abc import Iterator, Mapping
from urllib.parse import quote, urlsplit

from bench import shop
from bench.figures import Figure
from bench.many_rows import FIRST_NUMBER
from bench.processes import FIRST, Server, api_key, serving
from bench.running import Run, percentile
from purvey.domain.people import Person
from purvey.domain.rights import Role
from purvey.storage.sessions import start_session
from purvey.storage.transaction import SqlTransaction
from purvey.wiring import DEFAULT_SHARD, new_id

WORKLISTS = {
    "all orders": "",
    "by state": "state=reserved",
    "by reason to wait": "waiting_for=bank_transfer",
    "closed ones": "state=closed",
    "by channel": "channel=web",
    "by product": "sku=SKU00005",
    "by customer": "customer=many77@example.com",
    "by number": f"q={FIRST_NUMBER + 77}",
    "by day": "placed_from=2026-01-01T00:00:00Z",
    "by state and product": "state=closed&sku=SKU00005",
}


OFFICE = {  # page: the most that its p95 may be, in ms
    "/": 50,
    "/orders": 100,
    "/orders?q=many77@example.com": 100,
    "/orders?state=closed": 100,
    "/customers": 100,
    "/problems": 100,
    "/stock": 100,
}


class Refused(AssertionError):
    """A page was not shown."""


def pages(run: Run, url: str) -> Iterator[Figure]:
    """p95 of the order's page and of each worklist and search, asked by one client."""
    key, token = api_key(url), _session(url)
    some = _some_orders(url, run.either(400, 100))
    with serving(url, "--without-worker", cores=FIRST) as server:
        ask = _Asker(server, key)
        ask.times("/api/v1/orders?limit=1", 20)
        shown = [ask.time(f"/api/v1/orders/{order_id}") for order_id, _ in some]
        lists = {
            name: ask.times(f"/api/v1/orders?limit=50&{words}", run.either(60, 20))
            for name, words in WORKLISTS.items()
        }
        look = _Asker(server, key, cookie=f"purvey={token}")
        pages_of_orders = [
            look.time(f"/orders/{number}") for _, number in some[: run.either(200, 60)]
        ]
        office = {path: look.times(path, run.either(60, 20)) for path in OFFICE}
    yield from _figures(run, shown, lists)
    yield from _office(run, pages_of_orders, office)


def _office(
    run: Run, pages_of_orders: list[float], office: Mapping[str, list[float]]
) -> Iterator[Figure]:
    each = {"/orders/{number}": (pages_of_orders, 50)}
    each |= {path: (times, OFFICE[path]) for path, times in office.items()}
    for path, (times, most) in each.items():
        middle, p95 = percentile(times, 0.5), percentile(times[2:], 0.95)  # the first ones warm up
        run.say(f"office {path}: p50 {middle:.1f}, p95 {p95:.1f} ms")
        what = f"office, {path}, p95"
        yield Figure(what=what, values=(p95,), unit="ms", most=most, note=f"p50 {middle:.0f} ms")


def _figures(run: Run, shown: list[float], lists: Mapping[str, list[float]]) -> Iterator[Figure]:
    p95 = percentile(shown, 0.95)
    run.say(f"order page: p95 {p95:.1f} ms")
    yield Figure(what="order page, p95", values=(p95,), unit="ms", most=50)
    each = {name: percentile(times, 0.95) for name, times in lists.items()}
    for name, value in each.items():
        run.say(f"worklist {name}: p95 {value:.1f} ms")
    slowest = max(each, key=lambda name: each[name])
    yield Figure(
        what="slowest worklist of 50 orders, p95",
        values=(each[slowest],),
        unit="ms",
        most=50,
        note="; ".join(f"{name} {value:.0f}" for name, value in each.items()) + " ms",
    )


def _session(url: str) -> str:
    """The token of a manager who is logged in."""
    with shop.house(url) as house:
        now, name = house.clock(), new_id("bench")
        person = Person(
            id=new_id("per"),
            name=name,
            email=f"{name}@shop.example",
            role=Role.MANAGER,
            created_at=now,
        )

        def log_in(tx: SqlTransaction) -> str:
            tx.people.add([person])
            return start_session(tx.sql, person, agent="bench", new_id=new_id, now=now)[1]

        return house.database.run(DEFAULT_SHARD, log_in)


def _some_orders(url: str, count: int) -> list[tuple[str, int]]:
    """Id and number of any that are there, old ones and new ones."""
    numbers = random.Random(1).sample(range(FIRST_NUMBER, FIRST_NUMBER + 40_000), count)
    with shop.house(url) as house, house.database.reading(DEFAULT_SHARD) as sql:
        rows = sql.rows(
            "select id, number from orders where shard = :shard and number = any(:numbers)",
            numbers=numbers,
        )
    return [(row.id, row.number) for row in rows]


class _Asker:
    """One client with one connection."""

    def __init__(self, server: Server, key: str, *, cookie: str = ""):
        self._connection = http.client.HTTPConnection(urlsplit(server.address).netloc, timeout=60)
        self._headers = {"Authorization": f"Bearer {key}", "Accept-Encoding": "gzip"}
        if cookie:
            self._headers["Cookie"] = cookie

    def times(self, path: str, count: int) -> list[float]:
        return [self.time(path) for _ in range(count)]

    def time(self, path: str) -> float:
        """Milliseconds until the whole answer is there."""
        start = time.perf_counter()
        self._connection.request("GET", quote(path, safe="/?=&@:"), headers=self._headers)
        answer = self._connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise Refused(f"{path}: {answer.status} {body[:200]!r}")
        return (time.perf_counter() - start) * 1000
