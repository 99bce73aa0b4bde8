"""What was sent, what became of it, and what should have: shared by all threads of the demo."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from purvey.cli.demo.stories import Story

ENDS = frozenset({"closed", "cancelled", "rejected"})


@dataclass(frozen=True, slots=True)
class Sent:
    """An order that was taken. `ends`: the states in which it may come to rest."""

    story: "Story"
    order_id: str
    number: str
    ends: frozenset[str]


class Register:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: dict[str, Sent] = {}
        self._handled: set[tuple[str, str]] = set()
        self._on_the_phone: set[str] = set()
        self.refused: Counter[str] = Counter()
        self.repeated = 0
        self.answered = 0
        self.complaints: list[str] = []

    def take(self, story: "Story", *, order_id: str, number: str) -> Sent:
        """Until `hang_up`, the customer of a story with a `then` is not done with it."""
        sent = Sent(story, order_id, number, story.ends)
        with self._lock:
            self._taken.setdefault(order_id, sent)
            if story.then is not None:
                self._on_the_phone.add(order_id)
        return sent

    def hang_up(self, order_id: str) -> None:
        """From now on the clerk may answer."""
        with self._lock:
            self._on_the_phone.discard(order_id)

    def refuse(self, code: str) -> None:
        with self._lock:
            self.refused[code] += 1

    def answer(self) -> None:
        """One story's first request is answered, whichever way."""
        with self._lock:
            self.answered += 1

    def repeat(self) -> None:
        with self._lock:
            self.repeated += 1

    def expect(self, order_id: str, *ends: str) -> None:
        """From now on it may only end like this."""
        with self._lock:
            sent = self._taken[order_id]
            self._taken[order_id] = Sent(sent.story, order_id, sent.number, frozenset(ends))

    def complain(self, sentence: str) -> None:
        """The demo cannot end well any more."""
        with self._lock:
            self.complaints.append(sentence)

    def claim(self, order_id: str, code: str) -> Sent | None:
        """The order, if its story has an answer to this wait and nobody gave it yet."""
        with self._lock:
            sent = self._taken.get(order_id)
            if sent is None or code not in sent.story.answers:
                return None
            if (order_id, code) in self._handled or order_id in self._on_the_phone:
                return None
            self._handled.add((order_id, code))
            return sent

    def reopen(self, order_id: str, code: str) -> None:
        """The answer did not work this time."""
        with self._lock:
            self._handled.discard((order_id, code))

    def taken(self) -> Mapping[str, Sent]:
        with self._lock:
            return dict(self._taken)

    def codes(self) -> Sequence[str]:
        """What orders may wait for that somebody here has an answer to and has not given it yet."""
        with self._lock:
            return sorted(
                {
                    code
                    for sent in self._taken.values()
                    for code in sent.story.answers
                    if (sent.order_id, code) not in self._handled
                }
            )
