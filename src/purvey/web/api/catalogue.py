"""Products and locations: what is sold, and where it lies."""

from typing import Annotated, Any

from fastapi import APIRouter, Response
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from purvey.domain.barcode import gtin
from purvey.domain.money import to_text
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.put_places import Put, change_locations
from purvey.operations.put_products import put_products
from purvey.ports.storage import Location, Product
from purvey.queries.catalogue import find_product, list_locations, list_products
from purvey.storage.transaction import SqlTransaction
from purvey.web.api.answers import PageOf
from purvey.web.api.caller import Caller, Changer, Reply, accepted, changes, reads
from purvey.web.api.documented import API, Name, SkuInPath, shows
from purvey.web.api.more_answers import LocationOut, ProductOut
from purvey.web.api.pages import USUAL, Cursor, Limit, list_reply, read_cursor
from purvey.web.api.shapes import MAX_UNITS, Code, Price, Shape, line, words
from purvey.web.bodies import StrictRoute
from purvey.web.problems import Problem, not_found, of_refusal

router = APIRouter(prefix=API, tags=["catalogue"], route_class=StrictRoute)
ProductReader = Annotated[Caller, reads("products:read")]
ProductWriter = Annotated[Changer, changes("products:write")]
StockReader = Annotated[Caller, reads("stock:read")]
StockWriter = Annotated[Changer, changes("stock:write")]
Label = Annotated[str, words(200)]


def _as_kept(text: str) -> str:
    number = gtin(text)
    if number is None:
        sentence = "This is no GTIN: write its 8, 12, 13 or 14 digits; the last one checks them."
        raise PydanticCustomError("bad_barcode", sentence)
    return number


Barcode = Annotated[str, words(32), AfterValidator(_as_kept), Field(examples=["4006381333931"])]


class ProductIn(Shape):
    name: Label
    price: Price
    weight_grams: Annotated[int, Field(ge=0, le=MAX_UNITS)] = 0
    tax_class: Code = "standard"
    backorder_limit: Annotated[int, Field(ge=0, le=MAX_UNITS)] = 0
    active: bool = True
    barcode: Barcode | None = Field(None, description="GTIN; one product's only")


class LocationIn(Shape):
    """Stock is taken from the location with the lowest `priority` first. From one that is not
    `active` nothing more is promised. Customers who collect are told the `address`."""

    name: Label
    priority: Annotated[int, Field(ge=0, le=1000)] = 0
    address: Annotated[str, line(300)] = ""
    active: bool = True


@router.put("/products/{sku:path}", **shows(ProductOut, also=201))
def put_product(*, sku: SkuInPath, body: ProductIn, caller: ProductWriter) -> Response:
    """Create it (201) or replace it. Prices of orders that are in already stay as they are."""
    wanted = Product(
        sku=sku,
        name=body.name,
        price=body.price.minor,
        currency=body.price.currency,
        weight_grams=body.weight_grams,
        tax_class=body.tax_class,
        backorder_limit=body.backorder_limit,
        active=body.active,
        barcode=body.barcode,
    )

    def work(tx: SqlTransaction, act: Act) -> Reply:
        known = tx.stock.products({sku}).get(sku)
        _check(known, caller.version)
        [product] = put_products(tx, [wanted], act=act)
        if isinstance(product, Refusal):
            raise of_refusal(product)
        return Reply(product_json(product), 200 if known else 201)

    return caller.change(work)


def _check(known: Product | None, version: int | None) -> None:
    if version is not None and (known is None or known.version != version):
        raise Problem(412, "changed_meanwhile", "The product is at another version.")


@router.get("/products", **shows(PageOf[ProductOut]))
def show_products(
    *,
    caller: ProductReader,
    active: bool | None = None,
    limit: Limit = USUAL,
    cursor: Cursor = None,
) -> Response:
    """By sku."""
    after = read_cursor(cursor, (str,))
    with caller.reading() as sql:
        last = str(after[0]) if after else ""
        page = list_products(sql, limit=limit, after=last, active=active)
    return list_reply(map(product_json, page.items), page.next).response


@router.get("/products/{sku:path}", **shows(ProductOut))
def show_product(*, sku: SkuInPath, caller: ProductReader) -> Response:
    """The ETag is its version."""
    with caller.reading() as sql:
        product = find_product(sql, sku)
    if product is None:
        raise not_found("product")
    return Reply(product_json(product)).response


def product_json(product: Product) -> dict[str, Any]:
    amount = to_text(product.price, product.currency)
    return {
        "sku": product.sku,
        "name": product.name,
        "price": {"amount": amount, "currency": product.currency},
        "weight_grams": product.weight_grams,
        "tax_class": product.tax_class,
        "backorder_limit": product.backorder_limit,
        "backordered": product.backordered,
        "active": product.active,
        "barcode": product.barcode,
        "version": product.version,
    }


@router.put("/locations/{code}", **shows(LocationOut, also=201))
def put_location(*, code: Name, body: LocationIn, caller: StockWriter) -> Response:
    """Create it (201) or replace it."""
    wanted = Location(
        code=code,
        name=body.name,
        priority=body.priority,
        address=body.address,
        active=body.active,
    )

    def work(tx: SqlTransaction, act: Act) -> Reply:
        is_known = any(location.code == code for location in tx.stock.locations())
        [answer] = change_locations(tx, [Put(place=wanted)], act=act)
        return Reply(location_json(accepted(answer)), 200 if is_known else 201)

    return caller.change(work)


@router.get("/locations", **shows(PageOf[LocationOut]))
def show_locations(*, caller: StockReader) -> Response:
    """All of them, in the order in which they are tried."""
    with caller.reading() as sql:
        return list_reply(map(location_json, list_locations(sql)), None).response


def location_json(location: Location) -> dict[str, Any]:
    return {
        "code": location.code,
        "name": location.name,
        "priority": location.priority,
        "address": location.address,
        "active": location.active,
    }
