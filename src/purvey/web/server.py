"""Serve the application with uvicorn until told to stop; then finish what is under way."""

import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

import uvicorn

from purvey.kit.collecting import collect_seldom
from purvey.web.app import create_app
from purvey.web.office.html import compile_pages
from purvey.web.one_packet import OnePacketProtocol
from purvey.wiring import House

GRACE_SECONDS = 20
ORDERS_REMEMBERED = 500


def serve(
    house: House,
    *,
    host: str,
    port: int,
    bound: socket.socket | None = None,
    on_ready: Callable[[int], None] | None = None,
) -> None:
    """Blocks. `on_ready` is told the port once requests are answered (`port` 0 takes a free one).
    `bound` is a socket that listens already; then `host` and `port` are only told.

    SIGINT and SIGTERM stop it: no new connection is taken, requests under way are answered, the
    queue of orders is written to its end.
    """
    house.database.recall.limit = ORDERS_REMEMBERED
    HttpServer(house, host=host, port=port, on_ready=on_ready).run([bound] if bound else None)


class HttpServer(uvicorn.Server):
    """Set `should_exit` to stop one that runs in a thread."""

    def __init__(
        self,
        house: House,
        *,
        host: str,
        port: int,
        on_ready: Callable[[int], None] | None = None,
    ):
        self._app = create_app(house)
        config = uvicorn.Config(
            self._app,
            host=host,
            port=port,
            loop="uvloop",
            http=OnePacketProtocol,
            ws="none",
            proxy_headers=False,  # nobody asks for the caller's address
            lifespan="on",
            access_log=False,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )
        super().__init__(config)
        self._on_ready = on_ready

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """The first signal ends it in good order, and `serve` returns; a second Ctrl-C at once."""
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._app.state.pulse.close()  # answers that go on would be waited for
        await super().shutdown(sockets)

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        await super().startup(sockets)  # type: ignore[arg-type]
        collect_seldom()
        if self._on_ready is not None and self.started:
            self._on_ready(self.servers[0].sockets[0].getsockname()[1])
        threading.Thread(target=compile_pages, name="pages", daemon=True).start()
