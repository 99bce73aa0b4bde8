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
from contextlib import closing
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from purvey.cli import listening
from purvey.cli.children import Child, end_with, stop_all
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
        wanted = list(_wanted(servers=workers - 1, with_worker=not without_worker))
        _end_on_signals(with_parent)
        with opened(settings) as house:
            _serve(house, bound, wanted=wanted, quiet=shared_port)


def _check(settings: Settings, workers: int) -> None:
    if not 1 <= workers <= MAX_SERVERS:
        raise Problem(f"--workers: write a number from 1 to {MAX_SERVERS}.")
    if workers > 1 and settings.database_url.startswith("sqlite"):
        raise Problem(
            "--workers: SQLite is served by one process. For more, set PURVEY_DATABASE_URL to a"
            " PostgreSQL database."
        )


def _wanted(*, servers: int, with_worker: bool) -> Iterator[list[str]]:
    """The command lines of the children."""
    if with_worker:
        yield ["work"]
    for _ in range(servers):
        yield ["serve", "--shared-port", "--without-worker"]


def _end_on_signals(parent: int | None) -> None:
    """While requests are served, uvicorn catches the signals and hands them on when it is done."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    if parent is not None:
        end_with(parent, lambda: os.kill(os.getpid(), signal.SIGTERM))


def _serve(
    house: "House", bound: socket.socket, *, wanted: Sequence[list[str]], quiet: bool
) -> None:
    from purvey.cli.logs import configure_logs
    from purvey.web.server import serve as serve_http

    s = house.settings
    configure_logs(s.log_level)
    # What the command line said has to be known to the children, too: links in mails name it.
    environment = {**os.environ, "PURVEY_HOST": s.host, "PURVEY_PORT": str(s.port)}
    children: list[Child] = []
    was_ready = threading.Event()

    def on_ready(_port: int) -> None:
        was_ready.set()
        # Not before: a child that starts beside us would make the first answer late.
        children.extend(Child(*arguments, environment=environment) for arguments in wanted)
        if not quiet:
            _greet(house, bound)

    try:
        serve_http(house, host=s.host, port=s.port, bound=bound, on_ready=on_ready)
    finally:
        stop_all(children)
    if not was_ready.is_set():
        raise Problem("The server ended before it was ready; what stands above says why.")


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
    say(f"{house.settings.shop_name} is served at {listening.address_of(bound)} (Ctrl-C ends it)")
