"""The command `purvey demo`: from an empty folder to the last table and the exit code."""

import os
import socket
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter
from rich.console import Console

from purvey.cli.demo import catalogue, figures
from purvey.cli.demo import closing as last_page
from purvey.cli.demo.api import Api, NoAnswer, Unexpected
from purvey.cli.demo.clerk import Clerk
from purvey.cli.demo.customers import Customers
from purvey.cli.demo.deeds import Desk
from purvey.cli.demo.orders import Request, requests
from purvey.cli.demo.outside import Postman, deliver_supplies
from purvey.cli.demo.register import Register
from purvey.cli.demo.returning import take_back
from purvey.cli.demo.settings import environment_of, settings_of, staying_open
from purvey.cli.demo.shop_server import running_server
from purvey.cli.demo.staff import STAFF, hire
from purvey.cli.demo.stories import BY_CARD
from purvey.cli.demo.watch import View, look, progress, watch
from purvey.cli.opening import opened, where
from purvey.cli.output import console, counted
from purvey.cli.problem import Problem

if TYPE_CHECKING:
    from purvey.wiring import House

MAX_ORDERS = 1_000_000
USUAL_PORT = 8000


def demo(
    *,
    orders: int = 500,
    headless: Annotated[bool, Parameter(negative=())] = False,
    database: str | None = None,
    seed: int = 1,
) -> int:
    """Make a shop and send it orders of every kind, over real HTTP, until all have come to an end.

    Ends with 0 when every order ended as it should and every promise is kept; else with 1.

    Parameters
    ----------
    orders
        How many; all kinds of trouble are among them from about 50 on.
    headless
        End after the last table; otherwise the shop stays open until Ctrl-C.
    database
        An empty database, which stays; by default PURVEY_DATABASE_URL, or a new SQLite file, which
        goes when the demo is over.
    seed
        The same seed makes the same orders.
    """
    if not 1 <= orders <= MAX_ORDERS:
        raise Problem(f"--orders: write a number from 1 to {MAX_ORDERS:,}.")
    with tempfile.TemporaryDirectory(prefix="purvey-demo-") as folder:
        return _run(Path(folder), database, orders=orders, seed=seed, stay=not headless)


def _run(folder: Path, database: str | None, *, orders: int, seed: int, stay: bool) -> int:
    """`folder` holds what goes when the demo is over."""
    url = database or os.environ.get("PURVEY_DATABASE_URL") or f"sqlite:///{folder}/shop.db"
    environment = environment_of(_absolute(url), folder)
    with opened(settings_of(environment, folder)) as house:
        _check_is_free(house)
        dice = Random(seed)  # noqa: S311  # makes orders, not secrets
        wares = catalogue.goods(dice, orders=orders)
        catalogue.stock_the_shop(house, wares)
        asked = requests(orders, wares=wares, dice=dice)
        screen = console()
        screen.print(f"A shop with {len(wares)} products in {where(house)}", soft_wrap=True)
        key, password = _new_key(house), hire(house)
        with running_server(environment, folder=folder, port=_port(stay)) as address:
            is_well = _play(house, screen, api=Api(address, key), asked=asked)
        if stay:
            port, calm = int(address.rpartition(":")[2]), staying_open(environment)
            with running_server(calm, folder=folder, port=port) as address:
                _keep_open(screen, address, key=key, password=password)
    return 0 if is_well else 1


def _check_is_free(house: "House") -> None:
    from purvey.queries.alive import worker_alive
    from purvey.wiring import DEFAULT_SHARD

    needs = "The demo needs an empty database of its own"
    if not figures.is_new(house):
        raise Problem(f"{needs}; {where(house)} has a shop already: name another with --database.")
    with house.database.reading(DEFAULT_SHARD) as sql:
        if worker_alive(sql, now=house.clock()):
            raise Problem(f"{needs}; {where(house)} is being served: stop the server first.")


def _play(house: "House", screen: Console, *, api: Api, asked: list[Request]) -> bool:
    screen.print(f"It serves at {api.url}; sending {counted(len(asked), 'order')} ...")
    return _Demo(house, screen, api=api).run(asked)


def _absolute(url: str) -> str:
    """The server runs in the demo's own folder: a relative path would be another file there."""
    path = url.removeprefix("sqlite:///")
    return url if path == url else f"sqlite:///{Path(path).absolute()}"


def _port(stay: bool) -> int:
    """The usual one for people, if nobody has it; else any that is free."""
    if not stay:
        return 0
    with closing(socket.socket()) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return 0
    return USUAL_PORT


def _keep_open(screen: Console, address: str, *, key: str, password: str) -> None:
    screen.print(f"The shop stays open at {address} until you press Ctrl-C.")
    people = ", ".join(f"{email} ({role})" for _, email, role in STAFF)
    screen.print(f"Log in with the password {password} as {people}.", soft_wrap=True)
    screen.print(f"Its API is described at {address}/api/docs; the key is {key}", soft_wrap=True)
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        screen.print("Closed.")


class _Demo:
    """One run: everybody at work, until all is quiet."""

    def __init__(self, house: "House", screen: Console, *, api: Api):
        self._house, self._screen = house, screen
        self._register = Register()
        bank: Any = house.outside.gateway("sandbox")
        self._desk = Desk(api, self._register, bank)
        self._supplied = False
        self._returned: list[tuple[str, str]] = []

    def run(self, asked: list[Request]) -> bool:
        """Send them all and see them through; True when all ended well."""
        customers = Customers(self._desk, asked)
        clerk, postman = Clerk(self._desk), Postman(self._desk, self._house)
        started = time.monotonic()
        sent_at: list[float] = []

        def all_sent() -> bool:
            if customers.are_done and not sent_at:
                sent_at.append(time.monotonic())
            return customers.are_done and postman.is_done

        for one in (customers, clerk, postman):
            one.start()
        try:
            self._watch(len(asked), all_sent)
            self._take_back(len(asked))
        finally:
            for one in (customers, clerk, postman):
                one.stop()
        ended = time.monotonic()
        sending = (sent_at or [ended])[0] - started
        timing = last_page.Timing(sending, ended - started, postman.delivered)
        return self._tell(timing, clerk)

    def _take_back(self, orders: int) -> None:
        """Some of what was paid by card and has arrived comes back."""
        now = figures.state_and_wait(self._house, self._register.taken())
        arrived = [
            sent.number
            for sent in self._register.taken().values()
            if sent.story.name == BY_CARD and now[sent.order_id][0] == "closed"
        ]
        try:
            self._returned = list(take_back(self._desk.api, sorted(arrived)))
        except (NoAnswer, Unexpected) as error:
            self._register.complain(str(error))
        self._watch(orders, lambda: True)

    def _watch(self, orders: int, all_sent: Callable[[], bool]) -> None:
        def half_way(view: View) -> None:
            if not self._supplied and view.sent * 2 >= orders:
                self._supplied = True
                deliver_supplies(self._house)

        with progress(self._screen, orders) as show:
            watch(
                lambda: look(self._house, sent=self._register.answered),
                all_sent=all_sent,
                half_way=half_way,
                show=show,
            )

    def _tell(self, timing: last_page.Timing, clerk: Clerk) -> bool:
        from purvey.cli.doctor import examined

        wrong = last_page.faults(self._house, self._register, clerk.last_trouble)
        last_page.show(self._screen, self._house, register=self._register, timing=timing)
        last_page.show_returns(self._screen, self._returned)
        return last_page.verdict(self._screen, wrong, report=examined(self._house))


def _new_key(house: "House") -> str:
    from purvey.storage.api_keys import NewKey, create_keys
    from purvey.wiring import DEFAULT_SHARD, new_id

    ((_, secret),) = house.database.run(
        DEFAULT_SHARD,
        lambda tx: create_keys(tx.sql, [NewKey(name="demo")], new_id=new_id, now=house.clock()),
    )
    return secret
