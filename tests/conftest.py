"""What every test may ask for: a fresh database of each kind, a PostgreSQL server, a mail server.

A test that takes `database` runs three times: on SQLite, on PostgreSQL and on PostgreSQL in strict
mode (`pytest -k sqlite` runs the first alone). With pytest-xdist each worker has its own server.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from zlib import crc32

import hypothesis
import pytest

from purvey.config import OF_TESTS, PREFIX, Settings
from purvey.storage.strict import make_strict
from purvey.testing import Clock, Shop
from purvey.wiring import House
from tests.operations.promises import assert_promises
from tests.servers.databases import KINDS, Databases, TestDatabase, prepare
from tests.servers.postgres import PostgresServer
from tests.servers.smtp import MailServer

SHARDS = count(2)  # the first one comes with the database

# Whoever runs the tests may have a shop of their own: no test, and nothing that one starts, may
# find its database or follow its settings.
for name in [name for name in os.environ if name.startswith(PREFIX)]:
    if not name.startswith(OF_TESTS):
        del os.environ[name]

# How long an example takes says how busy the machine is, not whether the rule holds.
hypothesis.settings.register_profile("purvey", deadline=None)
hypothesis.settings.load_profile("purvey")


SHORT_FILES = {"architecture", "kit", "domain", "lifecycle"}
LONG_FILES = {"faults", "docs", "importing", "cli", "packaging", "browser"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The quickest first, then the longest: one that came last would keep a single worker busy."""

    def rank(item: pytest.Item) -> int:
        folder = item.path.parent.name
        return 0 if folder in SHORT_FILES else 1 if folder in LONG_FILES else 2

    items.sort(key=rank)


@pytest.fixture(scope="session", autouse=True)
def logs_as_they_are() -> Iterator[None]:
    """A command that runs inside this process leaves the log as it is: loggers keep how they were
    set up when they were first used, and tests that look at the log come later."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("purvey.cli.logs.configure_logs", lambda level: None)
        yield


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    folder = tmp_path_factory.mktemp("templates")
    databases = Databases(folder, prepare=prepare, server=PostgresServer())
    yield databases
    databases.close()


@pytest.fixture
def new_database(databases: Databases, tmp_path: Path) -> Iterator[Callable[[str], TestDatabase]]:
    """`new_database("postgres")`: for tests that need one kind only, or several databases."""
    yield lambda kind: databases.fresh(kind, tmp_path)
    databases.take_back()


@pytest.fixture(params=KINDS)
def database(
    request: pytest.FixtureRequest, new_database: Callable[[str], TestDatabase]
) -> TestDatabase:
    return new_database(request.param)


@pytest.fixture
def clock() -> Clock:
    """Stands still; the house on `database` goes by it."""
    return Clock()


@pytest.fixture
def new_house(database: TestDatabase, clock: Clock) -> Iterator[Callable[..., House]]:
    """`new_house(short_stock="refuse")`: a house on `database` with settings of its own."""
    houses: list[House] = []

    def build(**settings: object) -> House:
        house = House(Settings(database_url=database.url, **settings), clock=clock)  # type: ignore[arg-type]
        if database.strict:
            make_strict(house.database)
        houses.append(house)
        return house

    yield build
    for house in houses:
        house.close()


@pytest.fixture
def house(new_house: Callable[..., House]) -> Iterator[House]:
    """A house with the usual settings. When the test is over, all promises have to hold."""
    house = new_house()
    yield house
    assert_promises(house.database)


@pytest.fixture(params=KINDS)
def new_shop(
    request: pytest.FixtureRequest, databases: Databases, clock: Clock
) -> Iterator[Callable[..., Shop]]:
    """`new_shop(short_stock="refuse")`: an empty shop with settings of its own.

    It is a shard of a database that many tests share, on each kind of database. When the test is
    over, all promises have to hold.
    """
    database, shops = databases.shared(request.param), list[Shop]()

    def build(**settings: object) -> Shop:
        quick = {"message_wait_seconds": 0, **settings}  # mails come at once where nobody asks
        house = House(Settings(database_url=database.url, **quick), clock=clock)  # type: ignore[arg-type]
        if database.strict:
            make_strict(house.database, seed=crc32(request.node.name.encode()))
        shops.append(Shop(house, clock, shard=next(SHARDS)))
        shops[-1].open()
        return shops[-1]

    yield build
    with ExitStack() as stack:
        for shop in shops:
            stack.callback(shop.house.close)
            stack.callback(assert_promises, shop.house.database, shop.shard)


@pytest.fixture
def shop(new_shop: Callable[..., Shop]) -> Shop:
    """An empty shop with the usual settings, and plain words for what happens in it."""
    return new_shop()


@pytest.fixture
def database_url(database: TestDatabase) -> str:
    return database.url


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server
