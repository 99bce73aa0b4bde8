"""Real invoices of a British wholesaler, taken over to the penny and carried to closed."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from purvey.config import Settings
from purvey.importing import Report, import_files, rehearse
from purvey.storage.strict import make_strict
from purvey.wiring import DEFAULT_SHARD, House
from purvey.worker.run import Worker
from tests.adapters_files.places import needed
from tests.importing.files import MONTHS, assert_adds_up, first_invoices, picture, wish, worth
from tests.operations.promises import assert_promises
from tests.servers.databases import TestDatabase

pytestmark = needed("online-retail")
AT_ONCE = {  # a sandbox in which nobody waits
    "sandbox_warehouse": 1,
    "sandbox_transit_seconds": 0,
    "sandbox_delivery_seconds": 0,
    "close_after_days": 0,
    "track_seconds": 0.1,
    "worker_poll_seconds": 0.01,
}
DAY_OF_TEST = datetime(2030, 1, 7, 10, tzinfo=UTC)


@pytest.fixture
def real_house(database: TestDatabase) -> Iterator[House]:
    house = House(Settings(database_url=database.url, **AT_ONCE))  # type: ignore[arg-type]
    if database.strict:
        make_strict(house.database)
    yield house
    assert_promises(house.database)
    house.close()


@pytest.fixture
def sqlite_house(new_database: Callable[[str], TestDatabase]) -> Iterator[House]:
    house = House(Settings(database_url=new_database("sqlite").url, **AT_ONCE))  # type: ignore[arg-type]
    yield house
    house.close()


def taken(house: House, *paths: Path) -> Report:
    report = import_files(house, wish(*paths))
    assert_adds_up(report)
    return report


def states(house: House) -> Counter[str]:
    query = "select state, count(*) as many from orders where shard = :shard group by state"
    with house.database.reading(DEFAULT_SHARD) as sql:
        return Counter({row.state: row.many for row in sql.rows(query)})


def fates(house: House) -> Counter[str]:
    query = "select outcome, count(*) as many from import_row where shard = :shard group by outcome"
    with house.database.reading(DEFAULT_SHARD) as sql:
        return Counter({row.outcome: row.many for row in sql.rows(query)})


def test_the_first_days_go_from_the_file_to_closed(real_house: House, tmp_path: Path):
    path = first_invoices(MONTHS[0], tmp_path / "december.csv", 150)
    rehearsed = rehearse(real_house, wish(path))
    report = taken(real_house, path)
    assert rehearsed.figures() == report.figures() | {"dry_run": True}
    assert report.complete
    assert states(real_house) == Counter(ready=report.orders_created)
    Worker(real_house).run(until_idle=True)
    assert states(real_house) == Counter(closed=report.orders_created)
    before = picture(real_house)
    again = taken(real_house, path)
    assert again.orders_existing == report.orders_created
    assert picture(real_house) == before
    with real_house.database.reading(DEFAULT_SHARD) as sql:
        assert worth(sql) == report.amount_file


@pytest.mark.slow
def test_a_month_adds_up_to_the_penny_and_comes_back_as_returns_once_shipped(
    sqlite_house: House, tmp_path: Path
):
    """December is imported and carried to closed; January's cancellations find it shipped."""
    report = taken(sqlite_house, MONTHS[0])
    figures = report.figures()
    assert figures["rows"] == 42_481
    assert figures["amount_file"] == "748957.02"
    assert report.orders_created == 1_552
    assert report.refused.by_code == {"stock_note": 140}
    with sqlite_house.database.reading(DEFAULT_SHARD) as sql:
        assert worth(sql) == Decimal("748957.02")
    Worker(sqlite_house).run(until_idle=True)
    assert states(sqlite_house) == {"closed": 1_546, "cancelled": 6}
    assert fates(sqlite_house)["return"] == 0
    january = first_invoices(MONTHS[1], tmp_path / "january.csv", 300)
    taken(sqlite_house, january)
    assert fates(sqlite_house)["return"] > 20
    assert_promises(sqlite_house.database)
