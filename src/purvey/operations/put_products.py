"""Create and replace products."""

from collections.abc import Sequence

from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.ports.storage import Product, Transaction


def put_products(
    tx: Transaction, products: Sequence[Product], *, act: Act
) -> list[Product | Refusal]:
    """Create or replace; of doubles the last. What is promised beyond stock stays counted."""
    known = tx.stock.products({product.sku for product in products})
    owners = dict(tx.stock.with_barcodes({x.barcode for x in products if x.barcode}))
    after = [_put(product, known.get(product.sku), owners) for product in products]
    good = [product for product in after if isinstance(product, Product)]
    tx.stock.put_products(list({product.sku: product for product in good}.values()))
    return after


def _put(product: Product, known: Product | None, owners: dict[str, str]) -> Product | Refusal:
    """`owners`: who has which barcode; it grows, as two of one batch cannot have the same."""
    if product.barcode is None:
        return _merged(product, known)
    owner = owners.setdefault(product.barcode, product.sku)
    if owner != product.sku:
        sentence = f"The product {owner} has this barcode already; a barcode is one product's."
        return Refusal("barcode_taken", sentence, pointer="/barcode")
    return _merged(product, known)


def _merged(product: Product, known: Product | None) -> Product:
    if known is None:
        return evolve(product, backordered=0, version=1)
    return evolve(product, backordered=known.backordered, version=known.version + 1)
