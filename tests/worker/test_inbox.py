"""Webhooks that came in are kept for a set time after they were understood; what waits stays."""

from collections.abc import Callable
from typing import cast

import pytest

from purvey.adapters.sandbox_gateway.gateway import SandboxGateway
from purvey.domain.order import Order
from purvey.storage.inbox import forget_inbox
from purvey.testing import Shop
from purvey.web.hooks.inbound import store_webhook
from purvey.worker.housekeeping import Housekeeping
from tests.operations.statements import counted

Work = Callable[..., None]


@pytest.fixture
def shop(new_shop: Callable[..., Shop], monkeypatch: pytest.MonkeyPatch) -> Shop:
    shop = new_shop(sandbox_webhooks=1, inbox_days=7)
    monkeypatch.setattr("purvey.web.hooks.inbound.DEFAULT_SHARD", shop.shard)
    shop.stock(50, "CUP")
    return shop


def come_in(shop: Shop) -> int:
    """All webhooks that the gateway has, which never hears that they arrived: it sends again."""
    bank = cast(SandboxGateway, shop.house.outside.gateway("sandbox"))
    posts = bank.undelivered(limit=50, now=shop.clock.now)
    for post in posts:
        store_webhook(shop.house, "sandbox", headers=dict(post.headers), body=post.body)
    return len(posts)


def inbox(shop: Shop) -> list[tuple[str, bool]]:
    rows = shop.rows("select event_id, processed_at from inbox where shard = :shard")
    return sorted((row.event_id, row.processed_at is not None) for row in rows)


def tidied(shop: Shop, **later: float) -> int:
    """How many are left."""
    shop.clock.forward(**later)
    Housekeeping(shop.house).tidy(shop.shard)
    return len(inbox(shop))


def paid(shop: Shop, work: Work) -> Order:
    order: Order = shop.order((1, "CUP"))
    work()
    return order


def test_it_goes_when_its_time_is_over_and_not_before(shop: Shop, work: Work):
    paid(shop, work)
    count = come_in(shop)
    work()
    assert tidied(shop) == count > 0
    assert tidied(shop, days=6.9) == count
    assert tidied(shop, days=0.2) == 0
    assert not shop.rows("select key from outbox where shard = :shard and effect = 'inbox.process'")


def test_what_is_open_or_given_up_stays(shop: Shop, work: Work):
    paid(shop, work)
    come_in(shop)
    [(event, _)] = inbox(shop)
    assert tidied(shop, days=400) == 1  # nobody has read it yet
    broken = "update inbox set body = '{}' where shard = :shard"
    shop.house.database.run(shop.shard, lambda tx: tx.sql.execute(broken))
    work()
    assert [message.effect for message in shop.outbox("gave_up")] == ["inbox.process"]
    assert tidied(shop, days=400) == 1
    assert inbox(shop) == [(event, False)]


def test_one_that_comes_again_is_stored_once_while_it_is_kept(shop: Shop, work: Work):
    paid(shop, work)
    come_in(shop)
    work()
    before = inbox(shop)
    shop.clock.forward(days=6)
    come_in(shop)
    assert inbox(shop) == before and not shop.outbox("open")


def test_one_that_comes_again_when_it_is_gone_is_read_again_and_counts_once(shop: Shop, work: Work):
    order = paid(shop, work)
    come_in(shop)
    work()
    assert tidied(shop, days=8) == 0
    entries = "select * from payment_entry where shard = :shard"
    before, booked = shop.look(order), shop.rows(entries)
    assert come_in(shop) > 0
    work()
    assert all(processed for _, processed in inbox(shop)) and inbox(shop)
    assert (shop.look(order).payments, shop.rows(entries)) == (before.payments, booked)
    assert shop.look(order).version == before.version
    assert tidied(shop, days=8) == 0


def test_it_goes_in_bites_of_so_many_statements(shop: Shop, work: Work):
    for _ in range(5):
        shop.order((1, "CUP"))
    work()
    count = come_in(shop)
    work()
    shop.clock.forward(days=1)
    bites = []
    for _ in range(3):
        with counted(shop.house.database) as statements:
            gone = shop.house.database.run(
                shop.shard, lambda tx: forget_inbox(tx.sql, before=shop.clock.now, limit=2)
            )
        bites.append(gone)
        assert len([one for one in statements if "inbox" in one or "outbox" in one]) <= 2
    assert count == sum(bites) == 5 and bites == [2, 2, 1]
