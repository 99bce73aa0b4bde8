"""What the desk wants to know of products while somebody orders: the shelf and what is coming."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from purvey.domain.availability import Shelf
from purvey.ports.storage import Product
from purvey.queries.catalogue import PRODUCT, product_of
from purvey.storage.sql import Sql

MAX_SKUS = 1_000
MAX_SUPPLIES = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    product: Product
    shelf: Shelf


def offered(sql: Sql, skus: Collection[str], *, at: str = "") -> Mapping[str, Offered]:
    """By sku. `at`: only what lies at this location, for who takes it along."""
    wanted = sorted(skus)[:MAX_SKUS]
    if not wanted:
        return {}
    rows = sql.rows(
        f"select {PRODUCT} from product where shard = :shard and sku = any(:skus)", skus=wanted
    )
    products = [product_of(row) for row in rows]
    free = _free(sql, wanted, at=at)
    coming = {} if at else _coming(sql, wanted)
    return {
        x.sku: Offered(
            product=x,
            shelf=Shelf(
                free=free.get(x.sku, 0),
                room=0 if at else max(0, x.backorder_limit - x.backordered),
                waiting=x.backordered,
                coming=coming.get(x.sku, ()),
            ),
        )
        for x in products
    }


def _free(sql: Sql, skus: list[str], *, at: str) -> dict[str, int]:
    """What has not been promised, at locations that are open."""
    here = " and s.location = :at" if at else ""
    rows = sql.rows(
        "select s.sku, sum(s.on_hand - s.reserved) as free from stock s join location l"
        " on l.shard = s.shard and l.code = s.location where s.shard = :shard"
        f" and s.sku = any(:skus) and l.active = 1{here} group by s.sku",
        skus=skus,
        at=at,
    )
    return {row.sku: int(row.free) for row in rows}


def _coming(sql: Sql, skus: list[str]) -> dict[str, list[tuple[date | None, int]]]:
    """Those without a day last."""
    rows = sql.rows(
        "select sku, expected_on, expected - arrived as units from supply where shard = :shard"
        " and sku = any(:skus) and state = 'expected'"
        " order by expected_on is null, expected_on, id limit :limit",
        skus=skus,
        limit=MAX_SUPPLIES,
    )
    found: dict[str, list[tuple[date | None, int]]] = defaultdict(list)
    for row in rows:
        day = date.fromisoformat(row.expected_on) if row.expected_on else None
        found[row.sku].append((day, row.units))
    return found
