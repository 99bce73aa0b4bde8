"""The checker that looks after every test: does it see what is broken?"""

from collections.abc import Callable

import pytest

from purvey.domain.draft import Finding
from purvey.storage.transaction import SqlTransaction
from purvey.testing import Shop
from tests.operations.promises import broken_promises

# What is done behind the engine's back, and a part of the sentence that has to follow.
DAMAGE: list[tuple[str, str]] = [
    ("update stock set on_hand = on_hand + 1", "its movements make"),
    ("update stock set reserved = reserved - 1 where reserved > 0", "orders hold"),
    ("update movement set change = change + 1", "its movements make"),
    ("update product set backordered = 7", "counts 7 backordered"),
    ("update payment set authorised = authorised + 1", "its entries make"),
    ("delete from payment_entry", "its entries make 0"),
    ("update payment_entry set payment_id = 'pay_?'", "entries of an unknown payment"),
    ("update history set actor = 'nobody' where version = 2", "the chain breaks at version 2"),
    ("update history set facts = '{}' where version = 4", "the chain breaks at version 4"),
    ("delete from history where version = 3", "its history has"),
    ("update orders set history_hash = 'x'", "does not end with its hash"),
    ("update orders set state = 'fulfilling' where state = 'ready'", "told: ready"),
    ("update payment set state = 'captured'", "told: authorised"),
    ("update orders set total = total + 1", "keeps"),
    ("update orders set waiting_code = 'x'", "keeps"),
    ("update shipment_line set quantity = quantity + 1", "in open shipments"),
    (
        "update shipment set state = 'handed_over' where state = 'planned'",
        "in parcels that have left",
    ),
    ("update orders set state = 'delivered' where state = 'ready'", "units are still open"),
    ("delete from outbox where effect = 'stock.fill'", "which is there"),
    ("delete from outbox where effect = 'payment.return'", "nobody returns"),
    ("delete from shipment_line", "in parcels that have left"),
]


@pytest.fixture
def lively(new_shop: Callable[..., Shop]) -> Shop:
    """Orders in many states, and stock that somebody waits for."""
    shop = new_shop()
    shop.stock(20, "A", price=255)
    shop.stock(1, "B", backorder_limit=9)
    shop.order((1, "A"), findings=(Finding("fraud", "", "Look!", "hold"),))
    shop.order((1, "A"))
    shop.paid((2, "A"))
    shop.send_off(shop.paid((2, "A")))
    shop.decide(shop.paid((1, "A")), "cancel", reason="x")
    shop.send_off(shop.paid((1, "A"), (3, "B")))
    shop.adjust(1, "B")
    return shop


@pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)
def test_nothing_is_broken(lively: Shop):
    with lively.house.database.reading(lively.shard) as sql:
        assert list(broken_promises(sql)) == []


@pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("statement", "sentence"), DAMAGE)
def test_damage_is_seen(lively: Shop, statement: str, sentence: str):
    """The damage is done in a transaction that is rolled back: the fixture looks again."""
    joint = " and" if " where " in statement else " where"
    seen: list[str] = []

    def spoil(tx: SqlTransaction) -> None:
        assert tx.sql.execute(f"{statement}{joint} shard = :shard")
        seen.extend(broken_promises(tx.sql))
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lively.house.database.run(lively.shard, spoil)
    assert any(sentence in one for one in seen), seen
