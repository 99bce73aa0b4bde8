"""Wherever the crash comes, nothing is lost, done twice or left half done.

Every statement and every commit of some orders' lives is once the last thing that was ever done.
Then everything starts again, five minutes later, with nothing but the database and the gateway's
books: the caller sends the orders once more, one customer changes her mind, the worker goes on.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purvey.operations.decide import Decision, decide
from purvey.wiring import House
from purvey.worker.run import Worker
from tests.doctor.shop import Shop, settings
from tests.faults.crashes import Crash, Statements, moments
from tests.servers.databases import Databases

LATER = timedelta(minutes=5)  # every lease of the dead has run out
MOST_STATEMENTS = 1000
TOKENS = {
    "good": "tok_ok",
    "charged in silence": "tok_timeout_after",
    "charged later": "tok_timeout_before",
    "declined": "tok_declined",
    "changes her mind": "tok_ok",
}
# Not every statement is tried in every run; PostgreSQL takes longer to make a database.
STRIDES = {"sqlite": 9, "postgres": 19}


@pytest.mark.fault
@pytest.mark.timeout(300)
@pytest.mark.parametrize("kind", STRIDES)
def test_wherever_the_crash_comes_the_orders_come_through(
    databases: Databases, tmp_path: Path, kind: str
):
    stride, crashed = STRIDES[kind], 0
    for moment in moments(MOST_STATEMENTS):
        folder = tmp_path / f"at-{moment}"
        folder.mkdir()
        with _shop(databases.fresh(kind, folder).url, folder) as shop:
            over = not _live_until_the_crash(shop, crash_at=moment * stride)
            _start_again(shop)
            _assert_all_is_well(shop, f"crash at statement {moment * stride}")
        databases.take_back()
        if over:
            break
        crashed += 1
    assert crashed > 200 / stride


@contextmanager
def _shop(url: str, folder: Path) -> Iterator[Shop]:
    shop = Shop(url, folder)
    shop.stock("85123A", 1000)
    yield shop
    shop.close()


def _live_until_the_crash(shop: Shop, *, crash_at: int) -> bool:
    """Did it come to the crash?"""
    house = _house(shop)
    alive, shop.house = shop.house, house
    try:
        with Statements(house.database.engine).counted(crash_at=crash_at):
            _take_all(shop)
            Worker(house).run(until_idle=True)
        return False
    except Crash:
        return True
    finally:
        _close(house)
        shop.house = alive


def _start_again(shop: Shop) -> None:
    house = _house(shop, later=LATER)
    alive, shop.house = shop.house, house
    _take_all(shop)
    wish = Decision(order_id=shop.ids["changes her mind"], trigger="cancel", reason="no")
    house.do(decide, [wish], actor="test")  # refused when the parcel was faster
    Worker(house).run(until_idle=True)
    _close(house)
    shop.house = alive


def _take_all(shop: Shop) -> None:
    for name, token in TOKENS.items():
        shop.take(name, token=token)


def _house(shop: Shop, *, later: timedelta = timedelta(0)) -> House:
    quick = settings(shop.url, shop.folder, sandbox_warehouse=1)
    return House(quick, clock=lambda: datetime.now(UTC) + later)


def _close(house: House) -> None:
    house.outside.gateway("sandbox").close()  # type: ignore[attr-defined]
    house.close()


def _assert_all_is_well(shop: Shop, when: str) -> None:
    with shop.house.database.reading(1) as sql:
        rows = sql.rows("select id, external_id, state from orders where shard = :shard")
    assert {row.external_id: row.id for row in rows} == shop.ids, when
    states = {row.external_id: row.state for row in rows}
    assert states.pop("changes her mind") in ("cancelled", "delivered"), when
    assert states.pop("declined") == "reserved", when
    assert set(states.values()) == {"delivered"}, (when, states)
    charges = list(shop.house.outside.gateway("sandbox").books())  # type: ignore[attr-defined]
    assert max(charge.charges for charge in charges) == 1, when
    assert shop.examine().findings == (), when
