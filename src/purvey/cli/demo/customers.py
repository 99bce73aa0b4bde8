"""Customers, callers and counters: all channels send their orders at once, each in its own pace."""

import threading
from collections.abc import Iterator, Sequence

from purvey.cli.demo.api import Answer, NoAnswer, Unexpected
from purvey.cli.demo.deeds import Desk
from purvey.cli.demo.orders import Request

SENDERS = 8


class Customers:
    """SENDERS threads that share one pile of requests."""

    def __init__(self, desk: Desk, requests: Sequence[Request]):
        self._desk = desk
        self._pile: Iterator[Request] = iter(requests)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._threads = [
            threading.Thread(target=self._send_all, name=f"customer {number}", daemon=True)
            for number in range(SENDERS)
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    @property
    def are_done(self) -> bool:
        return not any(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _send_all(self) -> None:
        while not self._stopping.is_set():
            with self._lock:
                request = next(self._pile, None)
            if request is None:
                return
            try:
                self._send(request)
            except (NoAnswer, Unexpected) as error:
                self._desk.register.complain(f"{request.story.name}: {error}")

    def _send(self, request: Request) -> None:
        register, story = self._desk.register, request.story
        try:
            answer = self._desk.api.post("/orders", request.body, key=request.key)
        finally:
            register.answer()
        if story.refused or not answer.is_done:
            self._refused(request, answer)
            return
        order = answer.body
        register.take(story, order_id=order["id"], number=order["number"])
        if story.then is not None:
            try:
                story.then(self._desk, order, request)
            finally:
                register.hang_up(order["id"])

    def _refused(self, request: Request, answer: Answer) -> None:
        self._desk.register.refuse(answer.code or str(answer.status))
        if answer.status != 422 or answer.code != request.story.refused:
            wanted = request.story.refused or "an order"
            raise Unexpected(f"{answer.status} {answer.code} instead of {wanted}: {answer.body}")
