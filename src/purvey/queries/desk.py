"""What the desk asks: drafts of one person, quotes, how orders can be sent."""

from purvey.ports.desk import Quote, SavedDraft
from purvey.ports.storage import Location, ShippingMethod
from purvey.queries.catalogue import list_locations, list_methods
from purvey.queries.paging import MAX_PAGE, Page, page_of
from purvey.storage.desk import DRAFT, QUOTE, draft_of, quote_of
from purvey.storage.order_rows import address_of
from purvey.storage.sql import Sql

LAST = 2**62
RECENT = 20  # orders that are looked at


def open_drafts(sql: Sql, person_id: str) -> list[SavedDraft]:
    """What a person has begun and not finished, the latest first."""
    rows = sql.rows(
        f"select {DRAFT} from order_draft where shard = :shard and person_id = :person"
        " and order_id is null order by changed_at desc limit :limit",
        person=person_id,
        limit=MAX_PAGE,
    )
    return [draft_of(row) for row in rows]


def find_draft(sql: Sql, id_: str, *, person_id: str) -> SavedDraft | None:
    """One's own; those of others are not there."""
    row = sql.first(
        f"select {DRAFT} from order_draft where shard = :shard and id = :id"
        " and person_id = :person",
        id=id_,
        person=person_id,
    )
    return None if row is None else draft_of(row)


def list_quotes(sql: Sql, *, limit: int, before: int = LAST) -> Page[Quote]:
    """The latest first."""
    rows = sql.rows(
        f"select {QUOTE} from quote where shard = :shard and number < :before"
        " order by number desc limit :limit",
        before=before,
        limit=limit + 1,
    )
    return page_of([quote_of(row) for row in rows], limit, key=lambda quote: (quote.number,))


def find_quote(sql: Sql, number: int) -> Quote | None:
    row = sql.first(
        f"select {QUOTE} from quote where shard = :shard and number = :number", number=number
    )
    return None if row is None else quote_of(row)


def shipping_methods(sql: Sql) -> list[ShippingMethod]:
    """Those that may be chosen, the cheapest first."""
    found = [method for method in list_methods(sql) if method.active]
    return sorted(found, key=lambda method: (method.price, method.code))


def open_locations(sql: Sql) -> list[Location]:
    """Where people can be served, the usual one first."""
    return [place for place in list_locations(sql) if place.active]


def usual_country(sql: Sql) -> str:
    """Where one of the latest orders goes to: the next one is likely to go there, too."""
    rows = sql.rows(
        "select ship_to from orders where shard = :shard order by id desc limit :recent",
        recent=RECENT,
    )
    addresses = (address_of(row.ship_to) for row in rows)
    return next((x.country for x in addresses if x and x.country), "")


def order_by_key(sql: Sql, key: str) -> str | None:
    """The order that an idempotency key stands for."""
    query = "select order_id from idempotency where shard = :shard and key = :key"
    found = sql.scalar(query, key=key)
    return None if found is None else str(found)
