"""One Chromium and one served shop for each file; a new window for each test.

    def test_a_clerk_does_it(office: Office, browse: Browse):
        page = browse(office, role="clerk", size="phone")
        page.goto("/approvals")
        check_page(page)

The shop lies in SQLite, its clock stands still, and `shop` tells what happens in it in plain words.
A browser lives as long as its file, not longer: Playwright keeps an event loop in this thread.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Protocol

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from purvey.config import Settings
from purvey.domain.people import Person
from purvey.testing import Clock, Shop
from purvey.wiring import House
from tests.browser.fitness import WIDTHS
from tests.browser.watching import Watch
from tests.office.conftest import Office
from tests.operations.promises import assert_promises
from tests.servers.chromium import chromium
from tests.servers.databases import Databases
from tests.web.conftest import serving

WAIT_MILLISECONDS = 20_000  # for what comes at once, unless the machine has other work to do
INSTALL_SECONDS = 900  # the first test of all may have to install a browser

expect.set_options(timeout=WAIT_MILLISECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.timeout(INSTALL_SECONDS))


class Browse(Protocol):
    """A page of somebody with this role, or of nobody (`role=""`): a customer, somebody new.

    Paths are those of the shop. When the test is over, its pages must have done nothing wrong.
    """

    def __call__(
        self, office: Office, *, role: str = "manager", name: str = "", size: str = "desktop"
    ) -> Page: ...


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def settings() -> dict[str, object]:
    """For a file to say what its shop has set."""
    return {}


@pytest.fixture(scope="module")
def office(
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
    clock: Clock,
    settings: dict[str, object],
) -> Iterator[Office]:
    """The shop of this file, served."""
    database = databases.fresh("sqlite", tmp_path_factory.mktemp("browser"))
    house = House(Settings(database_url=database.url, **settings), clock=clock)  # type: ignore[arg-type]
    with ExitStack() as stack:
        stack.callback(house.close)
        stack.callback(assert_promises, house.database)
        yield Office(house, stack.enter_context(serving(house)), stack)


@pytest.fixture(scope="module")
def shop(office: Office, clock: Clock) -> Shop:
    """What happens in the served shop, in plain words."""
    return Shop(office.house, clock)


@pytest.fixture(scope="module")
def staff() -> dict[tuple[str, str], Person]:
    return {}


@pytest.fixture
def watches() -> Iterator[dict[Page, Watch]]:
    """The watch over each page, for who makes trouble on purpose: `watches[page].allow("...")`."""
    watches: dict[Page, Watch] = {}
    yield watches
    faults = [fault for watch in watches.values() for fault in watch.faults]
    assert not faults, "\n".join(["The pages did what they must not:", *faults])


@pytest.fixture
def browse(
    browser: Browser, watches: dict[Page, Watch], staff: dict[tuple[str, str], Person]
) -> Iterator[Browse]:
    with ExitStack() as stack:

        def open_page(
            office: Office, *, role: str = "manager", name: str = "", size: str = "desktop"
        ) -> Page:
            context = new_window(browser, office, size=size)
            stack.callback(context.close)
            if role:
                let_in(context, office, _person(office, staff, role=role, name=name))
            watch = Watch(context)
            page = context.new_page()
            watches[page] = watch
            return page

        yield open_page


def new_window(browser: Browser, office: Office, *, size: str = "desktop") -> BrowserContext:
    width, height = WIDTHS[size]
    context = browser.new_context(
        base_url=office.address,
        viewport={"width": width, "height": height},
        is_mobile=size == "phone",
        has_touch=size == "phone",
        locale="en-GB",
        timezone_id="UTC",
        reduced_motion="reduce",
    )
    context.set_default_timeout(WAIT_MILLISECONDS)
    return context


def let_in(context: BrowserContext, office: Office, person: Person) -> None:
    token = office.session_for(person)
    context.add_cookies([{"name": "purvey", "value": token, "url": office.address}])


def _person(
    office: Office, staff: dict[tuple[str, str], Person], *, role: str, name: str
) -> Person:
    """The same one each time that a test of this file asks for it."""
    name = name or f"Some {role}"
    if (role, name) not in staff:
        staff[role, name] = office.person(name, role=role)
    return staff[role, name]
