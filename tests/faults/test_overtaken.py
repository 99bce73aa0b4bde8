"""Somebody is faster: the order is cancelled while the gateway is being asked for its money.

Whatever the gateway then answers, or whether its answer is lost: in the end it holds nothing.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from purvey.adapters.sandbox_gateway import SandboxGateway
from purvey.operations.decide import Decision, decide
from tests.doctor.shop import Shop
from tests.servers.databases import Databases

TOKENS = ("tok_ok", "tok_declined", "tok_timeout_before", "tok_timeout_after", "tok_needs_customer")
KINDS = ("sqlite", "postgres")

pytestmark = pytest.mark.fault


@pytest.fixture(params=KINDS)
def shop(request: pytest.FixtureRequest, databases: Databases, tmp_path: Path) -> Iterator[Shop]:
    shop = Shop(databases.fresh(request.param, tmp_path).url, tmp_path)
    yield shop
    shop.close()
    databases.take_back()


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_cancellation_during_the_call_leaves_no_money_behind(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, token: str, moment: str
):
    shop.stock("85123A", 10)
    order_id = shop.take("overtaken", token=token)

    def cancel() -> None:
        decision = Decision(order_id=order_id, trigger="cancel", reason="too slow")
        shop.house.do(decide, [decision], actor="test")

    during = _then(cancel) if moment == "after" else _first(cancel)
    monkeypatch.setattr(SandboxGateway, "authorise", during)
    shop.work()
    _assert_nothing_is_held(shop)


def _first(happens: Callable[[], None]) -> Callable[..., Any]:
    authorise = SandboxGateway.authorise

    def called(gateway: SandboxGateway, **call: Any) -> Any:
        happens()
        return authorise(gateway, **call)

    return called


def _then(happens: Callable[[], None]) -> Callable[..., Any]:
    """Also when the answer is lost on its way back."""
    authorise = SandboxGateway.authorise

    def called(gateway: SandboxGateway, **call: Any) -> Any:
        try:
            return authorise(gateway, **call)
        finally:
            happens()

    return called


def _assert_nothing_is_held(shop: Shop) -> None:
    charges = shop.house.outside.gateway("sandbox").books()  # type: ignore[attr-defined]
    assert [c.authorised - c.voided + c.captured - c.refunded for c in charges] in ([], [0])
    assert shop.examine().findings == ()
    with shop.house.database.reading(1) as sql:
        state, on_hand, reserved = sql.rows(
            "select o.state, s.on_hand, s.reserved from orders o"
            " join stock s on s.shard = o.shard where o.shard = :shard"
        )[0]
    assert (state, on_hand, reserved) == ("cancelled", 10, 0)
