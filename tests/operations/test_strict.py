"""Strict mode finds what a distributed database would refuse, and that every closure runs again."""

from collections.abc import Callable

import pytest
import sqlalchemy as sa

from purvey.storage.database import Database
from purvey.storage.strict import NotDistributable, lint, make_strict
from purvey.storage.transaction import SqlTransaction
from purvey.wiring import DEFAULT_SHARD
from tests.servers.databases import TestDatabase

GOOD = [
    "select 1",
    "select id from orders where shard = 1 and id = any(%(ids)s) order by id for update",
    "insert into orders (shard, id) select 1, u.* from unnest(%s::text[]) u where true",
    "update outbox set done_at = %(now)s where shard = %(shard)s and key = any(%(keys)s)",
    "update orders t set state = u.state from unnest(%s::text[]) as u(state) where t.shard = 1",
    "delete from lease where shard = 1 and name = %(name)s",
    "select reason from history where reason = 'merge' and shard = 1",
]
BAD = [
    "select id from orders where id = 1 for update",
    "select id from orders where id = 1 for no key update skip locked",
    "select id from orders for share",
    "insert into orders (id, shard) values (1, 1)",
    "update orders set state = 'closed'",
    "UPDATE orders SET state = 'closed' WHERE id = 1",
    "delete from lease",
    "listen wake",
    "select pg_notify('wake', '1')",
    "select pg_advisory_xact_lock(1)",
    "select pg_try_advisory_lock(1)",
    "merge into orders using lease on true when matched then delete",
    "select ctid from orders",
    "select nextval('numbers')",
]


@pytest.mark.parametrize("statement", GOOD)
def test_what_names_its_shard_passes(statement: str):
    lint(statement)


@pytest.mark.parametrize("statement", BAD)
def test_what_cannot_be_distributed_is_refused(statement: str):
    with pytest.raises(NotDistributable):
        lint(statement)


@pytest.fixture(params=["sqlite", "strict"])
def database(
    request: pytest.FixtureRequest, new_database: Callable[[str], TestDatabase]
) -> Database:
    return Database(new_database(request.param).url)


def number(database: Database) -> int:
    with database.reading(DEFAULT_SHARD) as sql:
        return int(sql.scalar("select next from counter where shard = :shard"))


def count_up(tx: SqlTransaction) -> int:
    statement = "update counter set next = next + 1 where shard = :shard returning next"
    return int(tx.sql.scalar(statement))


def test_a_statement_is_refused_before_it_is_sent(database: Database):
    make_strict(database, failing=0)
    before = number(database)
    with pytest.raises(NotDistributable):
        database.run(DEFAULT_SHARD, lambda tx: tx.sql.execute("update counter set next = 0"))
    assert number(database) == before
    database.close()


def test_commits_that_fail_are_rolled_back_and_run_again(database: Database):
    make_strict(database, failing=0.3, seed=1)
    before, runs = number(database), 0

    def work(tx: SqlTransaction) -> int:
        nonlocal runs
        runs += 1
        return count_up(tx)

    for n in range(1, 21):
        assert database.run(DEFAULT_SHARD, work) == before + n
    assert number(database) == before + 20
    assert runs > 22
    database.close()


def test_what_fails_for_ever_is_told(database: Database):
    make_strict(database, failing=1)
    before = number(database)
    with pytest.raises(sa.exc.OperationalError, match="could not serialize"):
        database.run(DEFAULT_SHARD, count_up)
    assert number(database) == before
    database.close()


def test_the_same_seed_fails_at_the_same_places(database: Database):
    def failures(seed: int) -> list[int]:
        fresh, runs = Database(str(database.url.render_as_string(hide_password=False))), []
        make_strict(fresh, failing=0.3, seed=seed)
        for _ in range(10):
            attempts = [0]

            def work(tx: SqlTransaction, attempts: list[int] = attempts) -> None:
                attempts[0] += 1

            fresh.run(DEFAULT_SHARD, work)
            runs.append(attempts[0])
        fresh.close()
        return runs

    assert failures(1) == failures(1) != failures(2)
    database.close()
