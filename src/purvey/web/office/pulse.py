"""What is new, told to every page that is open: one look at the feed a second for all of them.

1. The first listener starts the looking; without one nobody looks. Its place in the feed is taken
   before any listener reads for itself, so that nothing falls between the two.
2. Each look reads the orders that the feed has named since the last one. If one fails all streams
   end, and the pages come again.
3. Every listener gets what happened in the last seconds first, since its page may be older than
   its stream; then the news, through a queue of its own. One that does not read loses the
   oldest news, never holds up the others: a page that hears of a change asks for what is true.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from purvey.queries.changes import Changes, changes_after, latest_changes
from purvey.web.office.door import LOGGED_IN, Visitor, live
from purvey.web.office.html import headers_of
from purvey.wiring import DEFAULT_SHARD, House

LOOK_SECONDS = 1.0
BEAT_SECONDS = 20.0  # something is sent at least so often, so that a lost connection shows
STREAM_SECONDS = 600.0  # then the browser comes again, and who it is is looked at again
QUEUE_LIMIT = 20
Numbers = list[int]


class Pulse:
    """Lives in the event loop of one server process."""

    def __init__(self, house: House):
        self._house = house
        self._queues: set[asyncio.Queue[Numbers | None]] = set()
        self._looking: asyncio.Task[None] | None = None
        self._starting = asyncio.Lock()
        self._closed = False

    async def listen(self) -> AsyncIterator[Numbers]:
        """The numbers of changed orders, and an empty list now and then as a sign of life."""
        queue: asyncio.Queue[Numbers | None] = asyncio.Queue(QUEUE_LIMIT)
        self._queues.add(queue)
        try:
            async with self._starting:
                if self._looking is None or self._looking.done():
                    seen = await run_in_threadpool(self._latest)
                    self._looking = asyncio.create_task(self._look(seen))
            yield (await run_in_threadpool(self._latest)).numbers
            while not self._closed:
                news: Numbers | None = []
                with suppress(TimeoutError):
                    news = await asyncio.wait_for(queue.get(), BEAT_SECONDS)
                if news is None:
                    return
                yield news
        finally:
            self._queues.discard(queue)

    def close(self) -> None:
        """Every stream ends at once: the server stops."""
        self._closed = True
        self._tell(None)

    async def _look(self, seen: Changes) -> None:
        try:
            while self._queues and not self._closed:
                await asyncio.sleep(LOOK_SECONDS)
                changes = await run_in_threadpool(self._changes, seen)
                if changes.numbers:
                    self._tell(changes.numbers)
                seen = changes
        finally:
            self._tell(None)

    def _latest(self) -> Changes:
        with self._house.database.reading(DEFAULT_SHARD) as sql:
            return latest_changes(sql, now=self._house.clock())

    def _changes(self, seen: Changes) -> Changes:
        with self._house.database.reading(DEFAULT_SHARD) as sql:
            return changes_after(sql, seen, now=self._house.clock())

    def _tell(self, news: Numbers | None) -> None:
        for queue in self._queues:
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(news)


@live("/live", right=LOGGED_IN)
async def show_news(request: Request, visitor: Visitor) -> Response:
    """Server-sent events: `changed` with the numbers of the orders, or none: look at everything."""
    request.scope["goes_on"] = True
    headers = headers_of(visitor) | {"X-Accel-Buffering": "no"}
    stream = _stream(request.app.state.pulse, may_see=visitor.may("orders:read"))
    return StreamingResponse(stream, 200, headers, "text/event-stream")


async def _stream(pulse: Pulse, *, may_see: bool) -> AsyncIterator[str]:
    yield "retry: 2000\n\n"
    end = asyncio.get_running_loop().time() + STREAM_SECONDS
    async for numbers in pulse.listen():
        if asyncio.get_running_loop().time() > end:
            return
        if not numbers or not may_see:
            yield ": still here\n\n"
        else:
            yield f"event: changed\ndata: {json.dumps({'orders': numbers})}\n\n"
