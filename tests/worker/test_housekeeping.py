"""Done messages are kept for a month, whether they belong to an order or to none."""

from collections.abc import Callable
from datetime import UTC, datetime

from purvey.domain.draft import PaymentChoice
from purvey.testing import Shop
from purvey.worker.housekeeping import Housekeeping

NO_SUCH_GATEWAY = PaymentChoice(method="gateway", gateway="sandbox", token="tok_unsupported")


def messages(shop: Shop) -> dict[str, int]:
    """By state, those of orders; and under `loose`, those of none."""
    rows = shop.rows("select state, order_id from outbox where shard = :shard")
    kinds = [row.state if row.order_id else "loose" for row in rows]
    return {kind: kinds.count(kind) for kind in kinds}


def test_a_month_after_it_was_done_a_message_is_forgotten(shop: Shop, work: Callable[..., None]):
    shop.clock.now = datetime.now(UTC)  # ids carry the real time
    shop.stock(9, "CUP")
    shop.order((1, "CUP"))
    shop.order((1, "CUP"), payment=NO_SUCH_GATEWAY)
    shop.stock(0, "TEA", backorder_limit=9)
    shop.order((1, "TEA"))
    shop.adjust(5, "TEA")  # a message about the product: its backorders can be filled
    work()
    before = messages(shop)
    assert before["done"] > 2 and before["loose"] > 0 and before["gave_up"] == 1
    Housekeeping(shop.house).tidy(shop.shard)
    shop.clock.forward(days=29)
    Housekeeping(shop.house).tidy(shop.shard)
    assert messages(shop) == before
    shop.clock.forward(days=2)
    Housekeeping(shop.house).tidy(shop.shard)
    left = messages(shop)
    assert left.pop("open", 0) == before.get("open", 0)
    assert left == {"gave_up": 1}
