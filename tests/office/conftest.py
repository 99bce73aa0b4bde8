"""A served shop, and browsers in which people of every role are logged in."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher

from purvey.config import Settings
from purvey.domain.people import Person
from purvey.domain.rights import Role
from purvey.storage.people import set_password
from purvey.storage.sessions import start_session
from purvey.testing import Clock
from purvey.web.office import passwords
from purvey.web.office.door import csrf_of
from purvey.wiring import DEFAULT_SHARD, House, new_id
from tests.servers.databases import TestDatabase
from tests.web.conftest import serving

PASSWORD = "a good long password"
STRONG = passwords._hasher
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
KEPT = QUICK.hash(PASSWORD)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Tests log in thousands of times; what a password really costs, one of them looks at."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", QUICK)
        patch.setattr(passwords, "_NOBODYS", KEPT)
        yield


class Browser:
    """`browser.post("/logout", everywhere="1")`: with the session's cookie and token, if any."""

    def __init__(self, address: str, *, token: str = "", person: Person | None = None):
        self.client = httpx2.Client(base_url=address, timeout=30)
        self.token, self.person = token, person
        if token:
            self.client.cookies.set("purvey", token)

    @property
    def csrf(self) -> str:
        return csrf_of(self.token)

    def get(self, path: str, **headers: str) -> httpx2.Response:
        return self.client.get(path, headers=headers)

    def post(self, path: str, **fields: Any) -> httpx2.Response:
        return self.client.post(path, data={"csrf": self.csrf, **fields})


class Office:
    def __init__(self, house: House, address: str, stack: ExitStack):
        self.house, self.address, self._stack = house, address, stack

    def browser(self, *, token: str = "", person: Person | None = None) -> Browser:
        browser = Browser(self.address, token=token, person=person)
        self._stack.callback(browser.client.close)
        return browser

    def person(self, name: str = "Ann Lee", *, role: str = "administrator") -> Person:
        """Somebody with PASSWORD."""
        email = f"{name.replace(' ', '.').lower()}@shop.example"
        person = Person(
            id=new_id("per"),
            name=name,
            email=email,
            role=Role(role),
            created_at=self.house.clock(),
        )

        def add(tx: Any) -> None:
            tx.people.add([person])
            set_password(tx.sql, person.id, KEPT)

        self.run(add)
        return person

    def logged_in(self, name: str = "Ann Lee", *, role: str = "administrator") -> Browser:
        """A browser in which a new person of this role is logged in."""
        person = self.person(name, role=role)
        return self.browser(token=self.session_for(person), person=person)

    def session_for(self, person: Person) -> str:
        """The token of a new session."""
        now = self.house.clock()
        _, token = self.run(
            lambda tx: start_session(tx.sql, person, agent="test", new_id=new_id, now=now)
        )
        return token

    def run(self, work: Callable[[Any], Any]) -> Any:
        return self.house.database.run(DEFAULT_SHARD, work)


@pytest.fixture
def office(house: House) -> Iterator[Office]:
    """On each kind of database."""
    with ExitStack() as stack:
        yield Office(house, stack.enter_context(serving(house)), stack)


@pytest.fixture
def small_office(new_database: Callable[[str], TestDatabase], clock: Clock) -> Iterator[Office]:
    """On SQLite only: for what ends before the database, or is the same on each."""
    house = House(Settings(database_url=new_database("sqlite").url), clock=clock)
    with ExitStack() as stack:
        stack.callback(house.close)
        yield Office(house, stack.enter_context(serving(house)), stack)


@pytest.fixture
def new_office(new_house: Callable[..., House]) -> Iterator[Callable[..., Office]]:
    """`new_office(public_url="https://shop.example")`: with settings of its own."""
    with ExitStack() as stack:

        def build(**settings: object) -> Office:
            house = new_house(**settings)
            return Office(house, stack.enter_context(serving(house)), stack)

        yield build


def alert(answer: httpx2.Response) -> str:
    """What the page says went wrong."""
    found = re.search(r'role="alert">([^<]*)<', answer.text)
    return found[1] if found else ""
