"""Counting 300 products takes as many statements as counting one."""

from collections.abc import Callable

import pytest

from purvey.domain.counts import Count
from purvey.operations.adjust_stock import Adjustment, adjust_stock
from purvey.operations.count_stock import Found, NewCount, begin_counts, book_counts, note_found
from purvey.operations.put_products import put_products
from purvey.ports.storage import Product
from purvey.testing import Shop
from tests.operations.statements import counted

MANY = 300
SKUS = [f"SKU{n:03}" for n in range(MANY)]


# Not in strict mode: commits that fail there are run again, and their statements counted again.
@pytest.mark.parametrize("new_shop", ["sqlite", "postgres"], indirect=True)
def test_counting(new_shop: Callable[..., Shop]):
    shop = new_shop()
    shop.do(put_products, [Product(sku=s, name=s, price=1, currency="GBP") for s in SKUS])
    opening = [Adjustment(sku=s, location="main", change=9, reason="opening") for s in SKUS]
    shop.do(adjust_stock, opening)
    sent = []
    for skus in (SKUS[:1], SKUS[1:]):
        with counted(shop.house.database) as statements:
            [count] = shop.do(begin_counts, [NewCount(location="main", skus=tuple(skus))])
            assert isinstance(count, Count)
            shop.do(note_found, [Found(count_id=count.id, sku=sku, units=8) for sku in skus])
            shop.do(book_counts, [count.id])
        sent.append(len(statements))
    assert shop.available(SKUS[-1]) == 8
    assert sent[0] == sent[1] <= 40
