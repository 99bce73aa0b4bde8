"""How often a password or a code may be tried, by account and by address."""

from datetime import timedelta

from starlette.requests import Request

from purvey.domain.people import email_key
from purvey.kit.leaking import Limit
from purvey.storage.throttle import count_try, wait_for
from purvey.storage.transaction import SqlTransaction
from purvey.web.office.address import address_of
from purvey.wiring import DEFAULT_SHARD, House

OF_ACCOUNT = Limit(kind="account", burst=10, every=timedelta(minutes=1))
OF_ADDRESS = Limit(kind="address", burst=50, every=timedelta(seconds=6))


def wait_before_try(request: Request, email: str) -> timedelta:
    """How long to wait; zero: now, and it is counted.

    Who has to wait is told by reading alone, so that a flood of tries writes nothing.
    """
    house: House = request.app.state.house
    limits = ((OF_ADDRESS, address_of(request)), (OF_ACCOUNT, email_key(email)))
    now = house.clock()
    with house.database.reading(DEFAULT_SHARD) as sql:
        wait = max(wait_for(sql, limit, who, now=now) for limit, who in limits)
    if wait:
        return wait

    def count(tx: SqlTransaction) -> timedelta:
        return max(count_try(tx.sql, limit, who, now=now) for limit, who in limits)

    return house.database.run(DEFAULT_SHARD, count)


def seconds_in(wait: timedelta) -> int:
    return max(1, -(-wait // timedelta(seconds=1)))


def too_often(wait: timedelta) -> str:
    seconds = seconds_in(wait)
    when = f"{seconds} seconds" if seconds < 90 else f"{-(-seconds // 60)} minutes"
    return f"That was tried too often. Try again in {when}."
