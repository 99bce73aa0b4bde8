"""One shop for all tests of a file and kind of database: each test breaks it and mends it again."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from tests.doctor.shop import Shop, Vandal, fill
from tests.servers.databases import KINDS, Databases


class Scene(NamedTuple):
    shop: Shop
    vandal: Vandal


@pytest.fixture(scope="module", params=KINDS)
def scene(
    request: pytest.FixtureRequest,
    databases: Databases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("shop")
    shop = Shop(databases.fresh(request.param, folder).url, folder)
    fill(shop)
    vandal = Vandal(shop.url)
    yield Scene(shop, vandal)
    vandal.close()
    shop.close()
    databases.take_back()
