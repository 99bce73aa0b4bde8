"""The clerk works through the worklists: whatever waits for a person gets an answer."""

import threading
from concurrent.futures import ThreadPoolExecutor

from purvey.cli.demo.api import NoAnswer, Unexpected
from purvey.cli.demo.deeds import Desk
from purvey.cli.demo.people import JsonObject

PAUSE_SECONDS = 0.2
HANDS = 4


class Clerk:
    """Looks at each worklist again and again; an answer that did not work is tried again."""

    def __init__(self, desk: Desk):
        self._desk = desk
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="clerk", daemon=True)
        self.last_trouble: dict[str, str] = {}  # by order id

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join()

    def _work(self) -> None:
        with ThreadPoolExecutor(HANDS, "clerk's hand") as hands:
            while not self._stopping.wait(PAUSE_SECONDS):
                for code in self._desk.register.codes():
                    list(
                        hands.map(
                            lambda order, code=code: self._answer(order, code), self._waiting(code)
                        )
                    )

    def _waiting(self, code: str) -> list[JsonObject]:
        try:
            return list(self._desk.api.items("/orders", waiting_for=code))
        except (NoAnswer, Unexpected) as error:
            self.last_trouble[code] = str(error)
            return []

    def _answer(self, listed: JsonObject, code: str) -> None:
        order_id = listed["id"]
        sent = self._desk.register.claim(order_id, code)
        if sent is None:
            return
        try:
            order = self._desk.api.get(f"/orders/{order_id}").done()
            sent.story.answers[code](self._desk, order)
        except (NoAnswer, Unexpected) as error:
            self.last_trouble[order_id] = str(error)
            self._desk.register.reopen(order_id, code)
