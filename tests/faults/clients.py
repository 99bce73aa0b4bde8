"""Customers who want their orders taken: each sends its order until it is acknowledged.

They also do what customers and shops do: send an order again that was taken, by the same key or as
another request, and change their minds.
"""

import http.client
import json
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Self

from tests.faults.running import request

TOKENS = ("tok_ok",) * 4 + (
    "tok_declined",
    "tok_timeout_before",
    "tok_timeout_after",
    "tok_slow",
    "tok_capture_timeout_after",
    "tok_void_timeout_after",
)
SKUS = ("HOT", "COLD", "SHORT")
PAUSE_SECONDS = 0.15  # about as fast as the worker of a small machine carries orders to their end
RETRY_SECONDS = 0.08
PATIENCE_SECONDS = 60.0
TEMPORARY = (429, 500, 502, 503, 504)


@dataclass(slots=True)
class Acknowledged:
    """What the callers were told: by external id, the order's id and number."""

    orders: dict[str, tuple[str, str]] = field(default_factory=dict)
    repeated: int = 0
    cancelled: int = 0


class Clients:
    """`with Clients(...)`: they send while the block runs, and have what they want at its end."""

    def __init__(self, port: int, key: str, *, seed: int, many: int = 6):
        self.told = Acknowledged()
        self._port, self._key, self._seed = port, key, seed
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(many, "client")
        self._many = many

    def __enter__(self) -> Self:
        self._running = [self._pool.submit(self._run, n) for n in range(self._many)]
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown()
        for one in self._running if kind is None else ():
            one.result()

    def _run(self, client: int) -> None:
        dice = random.Random(f"{self._seed}-{client}")
        caller = _Caller(self._port, self._key)
        with closing(caller):
            for number in count(1):
                self._order(caller, dice, f"C{client}-{number}")
                if self._stop.wait(dice.uniform(0, 2 * PAUSE_SECONDS)):
                    return

    def _order(self, caller: "_Caller", dice: random.Random, name: str) -> None:
        body = _body(dice, name)
        order = self._send(caller, body, key=name)
        self.told.orders[name] = (order["id"], order["number"])
        if dice.random() < 0.1:
            again = self._send(caller, body, key=dice.choice([name, f"{name}-again"]))
            assert (again["id"], again["number"]) == self.told.orders[name], (order, again)
            self.told.repeated += 1
        if dice.random() < 0.15:
            time.sleep(dice.uniform(0, 0.5))
            self._cancel(caller, order["id"])

    def _send(self, caller: "_Caller", body: dict[str, Any], *, key: str) -> dict[str, Any]:
        status, order = caller.post("/api/v1/orders", body, key=key)
        assert status in (200, 201), (status, order)
        return order

    def _cancel(self, caller: "_Caller", order_id: str) -> None:
        path = f"/api/v1/orders/{order_id}/cancel"
        status, answer = caller.post(path, {"reason": "No longer needed"}, key=f"{order_id}-no")
        assert status in (200, 409), (status, answer)  # 409: the parcel was faster
        self.told.cancelled += status == 200


class _Caller:
    """Repeats a POST by its key until there is an answer that is final."""

    def __init__(self, port: int, key: str):
        self._port, self._key = port, key
        self._connection: http.client.HTTPConnection | None = None

    def post(self, path: str, body: dict[str, Any], *, key: str) -> tuple[int, dict[str, Any]]:
        headers = {
            "Authorization": f"Bearer {self._key}",
            "Content-Type": "application/json",
            "Idempotency-Key": key,
        }
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            answer = self._try(path, json.dumps(body), headers)
            if answer is not None and answer[0] not in TEMPORARY:
                return answer[0], json.loads(answer[1])
            time.sleep(RETRY_SECONDS)
        raise TimeoutError(f"{path}: no answer in {PATIENCE_SECONDS} s; last: {answer}")

    def _try(self, path: str, body: str, headers: dict[str, str]) -> tuple[int, bytes] | None:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            return request(self._connection, "POST", path, body=body, headers=headers)
        except (OSError, http.client.HTTPException):
            self.close()
            return None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _body(dice: random.Random, name: str) -> dict[str, Any]:
    skus = dice.sample(SKUS, dice.randint(1, 2))
    return {
        "channel": "web",
        "external_id": name,
        "currency": "GBP",
        "customer": {"email": f"{name.lower()}@example.com", "name": "Ann Lee"},
        "ship_to": {
            "name": "Ann Lee",
            "line1": "1 High Street",
            "city": "Leeds",
            "postal_code": "LS1 4DT",
            "country": "GB",
        },
        "lines": [{"sku": sku, "quantity": dice.randint(1, 3)} for sku in skus],
        "payment": {"gateway": "sandbox", "token": dice.choice(TOKENS)},
    }
