"""Orders on their way into the database: many requests, one commit.

1. A handler judges the shape of its order in the event loop and puts the draft into the queue.
2. The writer's thread takes all that has queued up and receives it in one transaction.
3. The answers wake the handlers. Who gave up waiting loses only the answer, never the order.

There is one shop, so one shard and one queue; drafts of different keys share a commit, as each
draft names its actor.
"""

import asyncio
from collections.abc import Sequence

from purvey.domain.draft import Draft
from purvey.kit.batching import Full, GroupCommit
from purvey.kit.process import Refusal
from purvey.operations.receive import Received
from purvey.web.problems import too_busy
from purvey.wiring import House

Answer = Received | Refusal
ACTOR = "api"  # of a draft that names none


class Receiving:
    def __init__(self, house: House):
        s = house.settings
        self._queue: GroupCommit[Draft, Answer] = GroupCommit(
            lambda drafts: house.receive(drafts, actor=ACTOR),
            limit=s.batch_limit,
            waiting_limit=s.requests_waiting_limit,
            writers=s.writers,
        )

    async def one(self, draft: Draft) -> Answer:
        """Raises Problem (429) when too many wait."""
        try:
            future = self._queue.submit(draft)
        except Full:
            raise too_busy() from None
        return await asyncio.wrap_future(future)

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
