"""Adapters are found by name, and what is wrong with them is said in one sentence."""

import subprocess
import sys
from importlib.metadata import EntryPoint, EntryPoints

import pytest
from pydantic import BaseModel

from purvey import adapters
from purvey.adapters import Adapter, BadSettings, UnknownAdapter, find, names
from purvey.adapters.log_notifier import ADAPTER as LOG


@pytest.mark.parametrize("name", sorted(adapters.BUILT_IN))
def test_a_built_in_is_found_by_its_name(name: str) -> None:
    adapter = find(name)
    assert adapter.name == name
    assert issubclass(adapter.settings, BaseModel)


def test_a_name_that_nobody_has_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(UnknownAdapter, match=r'"nobody".*log, sandbox, sandbox_carrier, smtp'):
        find("nobody")


def test_nothing_is_imported_before_it_is_asked_for() -> None:
    program = "import sys, purvey.adapters; print(*(m for m in sys.modules if 'sandbox' in m))"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert said.stdout.split() == []


def test_the_worker_does_not_load_what_draws_labels() -> None:
    program = (
        "import sys; from purvey.adapters import find; find('sandbox_carrier').open({});"
        "print('reportlab' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert said.stdout.split() == [b"False"]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A package that brings `acme` and would like to be `smtp`, too."""
    entries = EntryPoints(
        [
            EntryPoint("acme", f"{__name__}:ACME", adapters.GROUP),
            EntryPoint("smtp", f"{__name__}:ACME", adapters.GROUP),
            EntryPoint("wrong", "sys:path", adapters.GROUP),
        ]
    )
    monkeypatch.setattr(adapters, "entry_points", entries.select)
    find.cache_clear()


ACME = Adapter(
    name="acme",
    port="notifier",
    settings=LOG.settings,
    can=frozenset(),
    build=LOG.build,
    ping=LOG.ping,
)


@pytest.mark.usefixtures("installed")
def test_a_package_brings_an_adapter() -> None:
    assert find("acme") is ACME
    assert "acme" in names()


@pytest.mark.usefixtures("installed")
def test_a_package_cannot_take_the_place_of_a_built_in() -> None:
    assert find("smtp") is not ACME


@pytest.mark.usefixtures("installed")
def test_a_package_that_brings_something_else_is_refused() -> None:
    with pytest.raises(UnknownAdapter, match="not an Adapter"):
        find("wrong")


def test_wrong_settings_are_named_and_never_shown() -> None:
    with pytest.raises(BadSettings) as said:
        find("smtp").open({"host": "mail", "port": "x", "passwort": "hunter2"})
    assert "port:" in str(said.value)
    assert "passwort:" in str(said.value)
    assert "hunter2" not in str(said.value)
