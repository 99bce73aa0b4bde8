"""The house: settings become policies, and a new database becomes a shop."""

from collections.abc import Callable

import pytest

from purvey.config import Settings
from purvey.domain.money import to_minor
from purvey.setting_parts import policies_of
from purvey.testing import Clock, Shop
from purvey.wiring import DEFAULT_SHARD, House


def test_a_house_stands_on_each_kind_of_database(house: House, clock: Clock):
    shop = Shop(house, clock)
    shop.stock(5, "A")
    assert shop.order((1, "A")).number == 1001


def test_shops_of_one_database_know_nothing_of_each_other(new_shop: Callable[..., Shop]):
    mine, yours = new_shop(), new_shop()
    mine.stock(5, "A")
    yours.stock(1, "A")
    first = mine.order((4, "A"), external_id="1")
    second = yours.order((1, "A"), external_id="1")
    assert first.number == second.number == 1001
    assert (mine.available("A"), yours.available("A")) == (1, 0)


@pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)
def test_opening_a_shop_again_changes_nothing(shop: Shop):
    shop.location("north")
    shop.open()
    rows = shop.rows("select code from location where shard = :shard order by code")
    assert [row.code for row in rows] == ["main", "north"]


def test_settings_become_policies():
    policies = policies_of(Settings(amount_limit="12.50", quantity_limit=0, hold_hours=5))
    assert policies.amount_limit == to_minor("12.50", "GBP") == 1250
    assert (policies.quantity_limit, policies.hold_hours) == (None, 5)
    assert policies_of(Settings(amount_limit="", currency="JPY")).amount_limit is None


@pytest.mark.parametrize(
    "wrong", [{"price_differs": "shrug"}, {"short_stock": "?"}, {"hold_expiry": ""}]
)
def test_a_policy_that_is_none_is_said(wrong: dict[str, str]):
    with pytest.raises(ValueError, match=f"{next(iter(wrong))}: write one of"):
        policies_of(Settings(**wrong))  # type: ignore[arg-type]


@pytest.mark.parametrize("new_shop", ["sqlite", "postgres"], indirect=True)
def test_the_default_shop_is_the_first_shard(new_shop: Callable[..., Shop]):
    assert DEFAULT_SHARD == 1
    assert new_shop().shard > DEFAULT_SHARD
