"""Orders on their way into the database: many requests, one commit.

1. A handler judges the shape of its order in the event loop and puts the draft into the queue.
2. The writer's thread takes all that has queued up and receives it in one transaction.
3. It wakes the event loop once for the whole batch; each handler finds its answer in its future.
   Who gave up waiting loses only the answer, never the order.

There is one shop, so one shard and one queue; drafts of different keys share a commit, as each
draft names its actor.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from purvey import metrics
from purvey.domain.draft import Draft
from purvey.kit.batching import Full, GroupCommit
from purvey.kit.process import Refusal
from purvey.operations.receive import Received
from purvey.web.problems import too_busy
from purvey.wiring import House

Answer = Received | Refusal
ACTOR = "api"  # of a draft that names none
# SQLite works in the writer's own thread: while it waits, the event loop brings more, and a fifth
# more orders pass with 32 clients, a quarter with 8. PostgreSQL works beside both; nothing is won.
PATIENCE = 0.25


@dataclass(frozen=True, slots=True)
class _Waiting:
    draft: Draft
    future: "asyncio.Future[Answer]"


class Receiving:
    """Used from one event loop."""

    def __init__(self, house: House):
        s = house.settings
        self._house = house
        self._queue: GroupCommit[_Waiting] = GroupCommit(
            self._receive,
            fail=self._fail,
            limit=s.batch_limit,
            waiting_limit=s.requests_waiting_limit,
            writers=s.writers,
            patience=PATIENCE if house.database.is_sqlite else 0.0,
            clock=time.monotonic,
        )

    async def one(self, draft: Draft) -> Answer:
        """Raises Problem (429) when too many wait."""
        future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        try:
            self._queue.submit(_Waiting(draft, future))
        except Full:
            raise too_busy() from None
        return await future

    async def many(self, drafts: Sequence[Draft], *, at_once: int) -> list[Answer | BaseException]:
        """The answers in the order of the drafts; at most `at_once` of them wait in the queue."""
        answers: list[Answer | BaseException] = []
        for start in range(0, len(drafts), at_once):
            waiting = [self.one(draft) for draft in drafts[start : start + at_once]]
            answers += await asyncio.gather(*waiting, return_exceptions=True)
        return answers

    def close(self) -> None:
        """Finish what is queued."""
        self._queue.close()

    def _receive(self, batch: Sequence[_Waiting]) -> None:
        """In a writer's thread, as all below."""
        answers = self._house.receive([waiting.draft for waiting in batch], actor=ACTOR)
        _answer(batch, answers)

    def _fail(self, batch: Sequence[_Waiting], error: Exception) -> None:
        _answer(batch, [error] * len(batch))


def _answer(batch: Sequence[_Waiting], answers: Sequence[Answer | Exception]) -> None:
    """The event loop is woken once for all."""
    _count(batch, answers)
    loop = batch[0].future.get_loop()
    loop.call_soon_threadsafe(_deliver, batch, answers)


def _count(batch: Sequence[_Waiting], answers: Sequence[Answer | Exception]) -> None:
    pairs = zip(batch, answers, strict=True)
    outcomes = Counter((waiting.draft.channel, _outcome(answer)) for waiting, answer in pairs)
    for (channel, outcome), count in outcomes.items():
        metrics.orders_received.labels(channel, outcome).inc(count)


def _outcome(answer: Answer | Exception) -> str:
    match answer:
        case Received(created=True, replayed=False):
            return "created"
        case Received():
            return "existing"
        case Refusal():
            return "refused"
        case _:
            return "failed"


def _deliver(batch: Sequence[_Waiting], answers: Sequence[Answer | Exception]) -> None:
    for waiting, answer in zip(batch, answers, strict=True):
        if waiting.future.done():
            continue  # whoever asked has gone
        if isinstance(answer, Exception):
            waiting.future.set_exception(answer)
        else:
            waiting.future.set_result(answer)
