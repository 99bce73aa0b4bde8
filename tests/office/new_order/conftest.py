"""A shop with tea, and Cleo at its desk."""

import pytest

from purvey.testing import Clock, Shop
from tests.office.conftest import Browser, Office


@pytest.fixture
def shop(small_office: Office, clock: Clock) -> Shop:
    shop = Shop(small_office.house, clock)
    shop.stock(100, "A", name="Assam tea", price=500, barcode="4006381333931")
    shop.stock(3, "B", name="Bancha green", price=700, backorder_limit=10)
    return shop


@pytest.fixture
def cleo(small_office: Office) -> Browser:
    return small_office.logged_in("Cleo", role="clerk")
