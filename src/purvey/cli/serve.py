"""`purvey serve`: the HTTP server in this process, one worker beside it, more servers if wanted.

1. The port is taken first: callers that come early wait in its queue instead of being refused.
2. The database is brought up to date, then the first request is answered.
3. Worker and further servers are children (children.py): restarted when they die, stopped with us.
"""

import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from purvey.cli import listening
from purvey.cli.children import Child, end_with, stop_all
from purvey.cli.figures_page import figures_socket
from purvey.cli.opening import opened, where
from purvey.cli.output import say
from purvey.cli.problem import Problem
from purvey.config import Settings, read_settings
from purvey.kit.frozen import evolve

if TYPE_CHECKING:
    from purvey.wiring import House

MAX_SERVERS = 64
Hidden = Parameter(show=False, negative=())


def serve(
    *,
    host: str | None = None,
    port: int | None = None,
    workers: int = 1,
    without_worker: Annotated[bool, Parameter(negative=())] = False,
    shared_port: Annotated[bool, Hidden] = False,
    with_parent: Annotated[int | None, Hidden] = None,
) -> None:
    """Serve the shop: API, back office, tracking pages, webhooks; and run its worker.

    Parameters
    ----------
    host
        The address to listen on; PURVEY_HOST, else 127.0.0.1.
    port
        The port to listen on; PURVEY_PORT, else 8000. 0 takes any that is free.
    workers
        Server processes on the same port. More than one needs PostgreSQL.
    without_worker
        Serve only; `purvey work` runs somewhere else.
    shared_port
        Join the port of another server process.
    with_parent
        The process with which this one ends.
    """
    settings = read_settings(host=host, port=port)
    _check(settings, workers)
    take = listening.join if shared_port else listening.listen
    take = listening.listen_first if workers > 1 else take
    with closing(take(settings.host, settings.port)) as bound:
        settings = evolve(settings, port=bound.getsockname()[1])
        _end_on_signals(with_parent)
        children = [["serve", "--shared-port", "--without-worker"]] * (workers - 1)
        with _page(settings, with_worker=not without_worker) as page:
            if page is not None:
                settings = evolve(settings, worker_metrics_port=page.getsockname()[1])
                children = [["work", "--metrics-socket", str(page.fileno())], *children]
            with opened(settings) as house:
                _serve(house, bound, wanted=children, page=page, quiet=shared_port)


def _page(settings: Settings, *, with_worker: bool) -> AbstractContextManager[socket.socket | None]:
    """The socket of the page with our worker's figures."""
    return figures_socket(settings.worker_metrics_port) if with_worker else nullcontext()


def _check(settings: Settings, workers: int) -> None:
    if not 1 <= workers <= MAX_SERVERS:
        raise Problem(f"--workers: write a number from 1 to {MAX_SERVERS}.")
    if workers > 1 and settings.database_url.startswith("sqlite"):
        raise Problem(
            "--workers: SQLite is served by one process. For more, set PURVEY_DATABASE_URL to a"
            " PostgreSQL database."
        )


def _end_on_signals(parent: int | None) -> None:
    """While requests are served, uvicorn catches the signals and hands them on when it is done."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    if parent is not None:
        end_with(parent, lambda: os.kill(os.getpid(), signal.SIGTERM))


def _serve(
    house: "House",
    bound: socket.socket,
    *,
    wanted: Sequence[list[str]],
    page: socket.socket | None,
    quiet: bool,
) -> None:
    """`page`: the socket of the worker's figures, which the worker inherits."""
    from purvey.cli.logs import configure_logs
    from purvey.web.server import serve as serve_http

    s = house.settings
    configure_logs(s.log_level)
    house.keep_fresh()
    # What the command line said has to be known to the children, too: links in mails name it.
    environment = {
        **os.environ,
        "PURVEY_HOST": s.host,
        "PURVEY_PORT": str(s.port),
        "PURVEY_WORKER_METRICS_PORT": str(s.worker_metrics_port),
    }
    children: list[Child] = []
    was_ready = threading.Event()

    def on_ready(_port: int) -> None:
        was_ready.set()
        # Not before: a child that starts beside us would make the first answer late.
        kept = [page.fileno()] if page else []
        children.extend(Child(*words, environment=environment, inherits=kept) for words in wanted)
        if not quiet:
            _greet(house, bound)

    try:
        with nullcontext() if quiet else _noted(house, listening.address_of(bound)):
            serve_http(house, host=s.host, port=s.port, bound=bound, on_ready=on_ready)
    finally:
        stop_all(children)
    if not was_ready.is_set():
        raise Problem("The server ended before it was ready; what stands above says why.")


@contextmanager
def _noted(house: "House", address: str) -> Iterator[None]:
    """While we serve, commands on the same database know where."""
    from sqlalchemy.exc import DBAPIError

    from purvey.storage.address import forget_address, note_address
    from purvey.wiring import DEFAULT_SHARD

    house.database.run(DEFAULT_SHARD, lambda tx: note_address(tx.sql, address))
    try:
        yield
    finally:
        with suppress(DBAPIError):  # a database that went first is no trouble any more
            house.database.run(DEFAULT_SHARD, lambda tx: forget_address(tx.sql, address))


def _greet(house: "House", bound: socket.socket) -> None:
    from purvey.cli.people import welcome_link
    from purvey.storage.api_keys import list_keys
    from purvey.storage.people import anybody
    from purvey.wiring import DEFAULT_SHARD

    with house.database.reading(DEFAULT_SHARD) as sql:
        is_first_start, has_people = not list_keys(sql), anybody(sql)
    if is_first_start:
        say(f"The database is {where(house)}.")
        say("Programs need a key: purvey key create --name NAME --scopes all")
    if not has_people:
        say(f"Nobody can log in yet. Make the administrator here: {welcome_link(house)}")
    if "sandbox" in house.policies.gateways:
        say("The sandbox gateway takes payments without money. To end that: PURVEY_GATEWAYS=")
    say(f"{house.settings.shop_name} is served at {listening.address_of(bound)} (Ctrl-C ends it)")
