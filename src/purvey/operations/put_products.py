"""Create and replace products and locations."""

from collections.abc import Sequence

from purvey.kit.frozen import evolve
from purvey.operations.act import Act
from purvey.ports.storage import Location, Product, Transaction


def put_products(tx: Transaction, products: Sequence[Product], *, act: Act) -> list[Product]:
    """Create or replace; of doubles the last. What is promised beyond stock stays counted."""
    known = tx.stock.products({product.sku for product in products})
    after = [_merged(product, known.get(product.sku)) for product in products]
    tx.stock.put_products(list({product.sku: product for product in after}.values()))
    return after


def _merged(product: Product, known: Product | None) -> Product:
    if known is None:
        return evolve(product, backordered=0, version=1)
    return evolve(product, backordered=known.backordered, version=known.version + 1)


def put_locations(tx: Transaction, locations: Sequence[Location], *, act: Act) -> list[Location]:
    tx.stock.put_locations(locations)
    return list(locations)
