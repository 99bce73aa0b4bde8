"""What differs between the databases, held against the real ones."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from purvey.storage import dialect, tables
from purvey.storage.database import Database
from purvey.testing import Shop
from tests.servers.databases import TestDatabase

NASTY = st.text(alphabet="abc\"\\{},NULnulé😀/'% \n\t\r\x01", max_size=8)
CLERKS = 4


def test_a_list_becomes_one_parameter():
    query = "select 1 from t where shard = :shard and id = any(:ids) for update skip locked"
    assert dialect.translate(query, sqlite=True) == (
        "select 1 from t where shard = :shard and id in (select value from json_each(:ids)) "
    )
    assert dialect.translate(query, sqlite=False) == (
        "select 1 from t where shard = %(shard)s and id = any(%(ids)s) for update skip locked"
    )


@pytest.fixture
def database_here(database: TestDatabase):
    here = Database(database.url)
    yield here
    here.close()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(words=st.lists(st.one_of(st.none(), NASTY), min_size=1, max_size=5))
def test_every_text_comes_back_as_it_was_written(database_here: Database, words: list[str | None]):
    # id, email, name, phone, external_id, created_at, erased_at
    rows = [(f"id{n}", None, word, "NULL", f"x{n}", 1, None) for n, word in enumerate(words)]

    def write_and_read(tx):
        tx.sql.execute("delete from customer where shard = :shard")
        tx.sql.insert(tables.customer, rows)
        return tx.sql.rows("select name, phone from customer where shard = :shard order by id")

    found = database_here.run(7, write_and_read)
    assert [row.name for row in found] == words
    assert {row.phone for row in found} == {"NULL"}


def test_an_error_in_a_pipeline_is_one_of_sqlalchemy(database_here: Database):
    double = [("same", None, None, None, None, 1, None)] * 2

    def write(tx):
        with tx.sql.pipelined():
            tx.sql.insert(tables.customer, double)

    with pytest.raises(sa.exc.IntegrityError):
        database_here.run(7, write)


def test_the_same_orders_received_by_four_at_once_are_taken_once(
    new_shop: Callable[..., Shop],
):
    shop = new_shop()
    shop.stock(1000, "CUP")
    drafts = [
        replace(shop.draft((1, "CUP")), external_id=f"X{n}", idempotency_key=f"k{n}")
        for n in range(20)
    ]
    gate, answers = threading.Barrier(CLERKS), list[list[str]]()

    def receive() -> None:
        gate.wait()
        answers.append([answer.order.id for answer in shop.receive(*drafts)])  # type: ignore[union-attr]

    threads = [threading.Thread(target=receive) for _ in range(CLERKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == CLERKS
    assert all(answer == answers[0] for answer in answers)
    assert shop.available("CUP") == 1000 - len(drafts)
