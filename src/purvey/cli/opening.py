"""Open the house for a command, or say in one sentence why it does not open."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from purvey.cli.problem import Problem
from purvey.config import Settings, read_settings

if TYPE_CHECKING:
    from purvey.wiring import House

ACTOR = "command line"
KNOWN_DATABASES = ("sqlite", "postgresql", "postgres", "postgresql+psycopg")
WRONG_URL = "PURVEY_DATABASE_URL: write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."


@contextmanager
def opened(settings: Settings | None = None) -> Iterator["House"]:
    """A house whose database is up to date; a new one is made where there is none."""
    with _closed_afterwards(build(settings or read_settings())) as house:
        with _unfit_is_told():
            house.open()
        yield house


@contextmanager
def as_it_is(settings: Settings | None = None) -> Iterator["House"]:
    """As `existing`, and the database is not brought up to date: nothing is written."""
    settings = settings or read_settings()
    _must_exist(settings)
    with _closed_afterwards(build(settings)) as house:
        looked_at(house)
        yield house


def looked_at(house: "House") -> None:
    """Refuse a database that has to be brought up to date first."""
    with _unfit_is_told():
        house.look()


@contextmanager
def _closed_afterwards(house: "House") -> Iterator["House"]:
    try:
        yield house
    finally:
        house.close()


@contextmanager
def _unfit_is_told() -> Iterator[None]:
    from purvey.storage.migrate import NewerDatabase, OlderDatabase
    from purvey.storage.schema import OtherCurrency

    try:
        yield
    except (NewerDatabase, OlderDatabase, OtherCurrency) as error:
        raise Problem(str(error)) from None


@contextmanager
def existing(settings: Settings | None = None) -> Iterator["House"]:
    """As `opened`, for commands that only look: a new, empty database would be a wrong answer."""
    settings = settings or read_settings()
    _must_exist(settings)
    with opened(settings) as house:
        yield house


def _must_exist(settings: Settings) -> None:
    from purvey.setting_parts import file_of

    file = file_of(settings.database_url)
    if file and not Path(file).exists():
        raise Problem(
            f"There is no database {file}: set PURVEY_DATABASE_URL, or make one: purvey migrate"
        )


def build(settings: Settings) -> "House":
    from purvey.wiring import House

    _check_url(settings.database_url)
    try:
        return House(settings)
    except OSError as error:
        raise Problem(
            f"The database cannot be opened: {error}. Look at PURVEY_DATABASE_URL."
        ) from None
    except ValueError as error:  # a policy's word or an amount; the message names it
        raise Problem(f"A setting is wrong: {error}") from None


def _check_url(url: str) -> None:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        raise Problem(WRONG_URL) from None
    if parts.drivername not in KNOWN_DATABASES:
        raise Problem(WRONG_URL)
    if parts.drivername == "sqlite" and parts.database in (None, "", ":memory:"):
        raise Problem("PURVEY_DATABASE_URL: purvey works with several processes; name a file.")


def where(house: "House") -> str:
    """The database's address without its password; a file by its full path."""
    url = house.database.url
    if house.database.is_sqlite and url.database:
        return str(Path(url.database).absolute())
    return url.render_as_string(hide_password=True)
