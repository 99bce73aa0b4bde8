"""Products that the shop does not know yet, and opening stock that suffices for their orders.

Only products that an import made get stock from an import: units that a shop has counted itself are
not multiplied because an old invoice wants more of them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence

from purvey.domain.draft import Draft, DraftLine
from purvey.operations.act import Act
from purvey.operations.adjust_stock import Adjustment, adjust_stock
from purvey.operations.put_products import put_products
from purvey.ports.storage import Level, Product
from purvey.storage.transaction import SqlTransaction

OPENING_STOCK = "opening stock"


def supply(tx: SqlTransaction, drafts: Sequence[Draft], *, act: Act) -> int:
    """See to it that all that the drafts ask for is there; returns how many products were made."""
    wanted = _wanted(drafts)
    known = tx.stock.products(wanted)  # locks them, before anything else is locked
    new = {x.sku: x for x in _products(drafts, wanted.keys() - known.keys())}
    put_products(tx, list(new.values()), act=act)
    missing = _missing(wanted, tx.stock.levels(wanted) if wanted else ())
    place = next(place.code for place in tx.stock.locations() if place.active)
    ours = _made_by_imports(tx, missing.keys() & known.keys(), place=place)
    adjustments = [
        Adjustment(sku=sku, location=place, change=units, reason=OPENING_STOCK)
        for sku, units in sorted(missing.items())
        if sku in ours or sku in new
    ]
    adjust_stock(tx, adjustments, act=act)
    return len(new)


def _wanted(drafts: Sequence[Draft]) -> Counter[str]:
    wanted: Counter[str] = Counter()
    for draft in drafts:
        for line in draft.lines:
            wanted[line.sku] += line.quantity
    return wanted


def _missing(wanted: Mapping[str, int], levels: Sequence[Level]) -> dict[str, int]:
    available: dict[str, int] = defaultdict(int)
    for level in levels:
        available[level.sku] += level.available
    return {sku: n - available[sku] for sku, n in wanted.items() if n > available[sku]}


def _products(drafts: Sequence[Draft], skus: Collection[str]) -> list[Product]:
    """Named and priced as the latest line of each; one that costs nothing only if all do.

    A line that leaves its price to the catalogue makes no product: nobody would know its price.
    """
    best: dict[str, tuple[DraftLine, str]] = {}
    for draft, line in _lines_of(drafts, skus):
        if line.unit_price or (line.unit_price == 0 and line.sku not in best):
            best[line.sku] = line, draft.currency
    return [
        Product(sku=sku, name=line.name or sku, price=line.unit_price or 0, currency=currency)
        for sku, (line, currency) in sorted(best.items())
    ]


def _lines_of(drafts: Sequence[Draft], skus: Collection[str]) -> Iterator[tuple[Draft, DraftLine]]:
    for draft in drafts:
        for line in draft.lines:
            if line.sku in skus:
                yield draft, line


def _made_by_imports(tx: SqlTransaction, skus: Collection[str], *, place: str) -> set[str]:
    """Those whose first units came by an import (`Format.actor`)."""
    if not skus:
        return set()
    rows = tx.sql.rows(
        "select p.sku from product p where p.shard = :shard and p.sku = any(:skus)"
        " and (select m.actor from movement m where m.shard = p.shard and m.sku = p.sku"
        " and m.location = :place order by m.id limit 1) like 'import %'",
        skus=sorted(skus),
        place=place,
    )
    return {row.sku for row in rows}
