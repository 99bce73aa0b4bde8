"""The load where there is no wrk: as light as Python allows, in a process of its own.

`python -m bench.client ADDRESS CONNECTIONS SECONDS KEY TAG PRODUCTS HOT SEED` prints what load.lua
prints. Each connection sends its next order once the last one is answered.
"""

import asyncio
import json
import random
import sys
import time
from urllib.parse import urlsplit

from bench.running import percentile


class Maker:
    """The requests, as bytes, each for a new order: one product of each third of the catalogue."""

    def __init__(self, key: str, tag: str, products: str, hot: str, seed: str):
        self._key, self._tag, self._hot = key, tag, hot
        self._products, self._dice, self._count = int(products), random.Random(seed), 0

    def request(self) -> bytes:
        self._count += 1
        name = f"{self._tag}-{self._count}"
        first = self._hot if self._hot != "-" else self._sku(0)
        lines = ",".join(_LINE % sku for sku in (first, self._sku(1), self._sku(2)))
        body = _ORDER % (name, name, lines)
        return (_HEAD % (self._key, len(body)) + body).encode()

    def _sku(self, third: int) -> str:
        return f"SKU{int((third + self._dice.random()) * self._products / 3):05d}"


class Tally:
    def __init__(self, until: float):
        self.until, self.refused, self.lost = until, 0, 0
        self.latencies: list[float] = []


class Connection(asyncio.Protocol):
    """Sends, waits for the whole answer, sends the next, until the time is over."""

    def __init__(self, maker: Maker, tally: Tally, over: "asyncio.Future[None]"):
        self._maker, self._tally, self._over = maker, tally, over
        self._answer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._sent = time.perf_counter()
        self._transport.write(self._maker.request())

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not _is_whole(self._answer):
            return
        now, tally = time.perf_counter(), self._tally
        tally.latencies.append(now - self._sent)
        tally.refused += self._answer[9:10] != b"2"
        self._answer = b""
        if now < tally.until:
            self._send()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._tally.lost += exc is not None or bool(self._answer)
        if not self._over.done():
            self._over.set_result(None)


def _is_whole(answer: bytes) -> bool:
    head, found, body = answer.partition(b"\r\n\r\n")
    if not found:
        return False
    length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


async def place_orders(address: str, connections: int, seconds: float, maker: Maker) -> Tally:
    loop, target = asyncio.get_running_loop(), urlsplit(address)
    tally = Tally(time.perf_counter() + seconds)
    ends: list[asyncio.Future[None]] = []
    for _ in range(connections):
        over: asyncio.Future[None] = loop.create_future()
        ends.append(over)
        make = lambda over=over: Connection(maker, tally, over)  # noqa: E731
        await loop.create_connection(make, target.hostname, target.port)
    await asyncio.wait_for(asyncio.gather(*ends), seconds + 30)
    return tally


def main(address: str, connections: str, seconds: str, *maker: str) -> None:
    start = time.perf_counter()
    work = place_orders(address, int(connections), float(seconds), Maker(*maker))
    tally = asyncio.run(work)
    p50, p95, p99 = (percentile(tally.latencies, share) * 1000 for share in (0.5, 0.95, 0.99))
    answer = {
        "requests": len(tally.latencies),
        "refused": tally.refused,
        "lost": tally.lost,
        "seconds": time.perf_counter() - start,
        "p50": p50,
        "p95": p95,
        "p99": p99,
    }
    print(json.dumps(answer))


_HEAD = (
    "POST /api/v1/orders HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
    "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n"
)
_LINE = '{"sku":"%s","quantity":1,"unit_price":"10.00"}'
_ORDER = (
    '{"channel":"web","external_id":"%s","currency":"GBP","customer":{"email":"%s@example.com",'
    '"name":"Ann Lee","phone":"+442079460000"},"ship_to":{"name":"Ann Lee",'
    '"line1":"1 High Street","city":"Leeds","postal_code":"LS1 4DT","country":"GB"},'
    '"lines":[%s],"shipping":{"method":"standard"},"payment":{"gateway":"sandbox","token":"tok_ok"}}'
)

if __name__ == "__main__":
    main(*sys.argv[1:])
