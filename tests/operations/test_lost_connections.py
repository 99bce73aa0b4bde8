"""PostgreSQL goes away in the middle: what was not committed is done again, what may be is not."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from purvey.storage.database import CommitUnclear
from purvey.testing import Shop

pytestmark = pytest.mark.parametrize("new_shop", ["postgres"], indirect=True)


@pytest.fixture
def shop(new_shop: Callable[..., Shop]) -> Shop:
    shop = new_shop()
    shop.stock(10, "A")
    return shop


def once(shop: Shop, event: str, happens: Callable[[Any], None]) -> None:
    """The next time that the engine comes to `event`, this happens first."""

    ahead = [happens]

    def listener(connection: sa.Connection, *_: Any) -> None:
        while ahead:
            ahead.pop()(connection.connection.driver_connection)

    sa.event.listen(shop.house.database.engine, event, listener)


def cut(driver: Any) -> None:
    driver.close()


def commit_and_cut(driver: Any) -> None:
    """The server commits, and its answer is lost."""
    driver.execute("commit")
    driver.close()


def test_a_line_that_is_cut_before_the_commit_is_tried_again(shop: Shop):
    once(shop, "before_cursor_execute", cut)
    shop.adjust(5, "A")
    assert shop.available("A") == 15


@pytest.mark.parametrize(("happens", "after"), [(cut, 10), (commit_and_cut, 15)])
def test_a_commit_of_which_nobody_knows_is_not_done_twice(
    shop: Shop, happens: Callable[[Any], None], after: int
):
    once(shop, "commit", happens)
    with pytest.raises(CommitUnclear):
        shop.adjust(5, "A")
    assert shop.available("A") == after


@pytest.mark.parametrize("happens", [cut, commit_and_cut])
def test_an_order_with_a_key_may_be_sent_again(shop: Shop, happens: Callable[[Any], None]):
    draft = shop.draft((3, "A"), idempotency_key="k1")
    shop.receive(shop.draft((1, "A")))  # takes a block of order numbers
    once(shop, "commit", happens)
    with pytest.raises(CommitUnclear):
        shop.receive(draft)
    assert shop.take(draft).lines[0].reserved == 3
    assert shop.available("A") == 6


def test_the_next_one_finds_the_server_back(shop: Shop):
    """All connections of the pool are dead; each is replaced when it is found so."""
    rows = "select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()"
    with shop.house.database.engine.connect() as keeps, shop.house.database.engine.connect() as one:
        one.exec_driver_sql(f"{rows} and datname = current_database()")
        keeps.invalidate()
    shop.adjust(5, "A")
    assert shop.available("A") == 15
