"""Customers and products by the beginnings of their words, as somebody types them.

1. Of several beginnings the one that fewest things have leads: a look at its first PROBE words
   tells which that is.
2. What the leader finds, SCAN at most, is looked up, and the others have to be there, too.

So an answer costs at most SCAN look-ups, however many customers there are. Of two beginnings that
both are common some may be missed; a third one finds them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from purvey.domain.barcode import gtin
from purvey.domain.draft import Address
from purvey.domain.search_words import END, terms_of
from purvey.ports.storage import Customer, Product
from purvey.queries.catalogue import PRODUCT, product_of
from purvey.storage.customers import CUSTOMER_COLUMNS, customer_of
from purvey.storage.order_rows import address_of
from purvey.storage.sql import Sql

PROBE, SCAN = 500, 1_000
MOST = 8  # suggestions
RECENT = 20  # orders in which the last address is looked for


@dataclass(frozen=True, slots=True)
class _Words:
    table: str
    subject: str


_CUSTOMERS = _Words("customer_word", "customer_id")
_PRODUCTS = _Words("product_word", "sku")


def suggest_customers(sql: Sql, text: str, *, most: int = MOST) -> list[Customer]:
    ids = _having(sql, _CUSTOMERS, terms_of(text), most=most)
    rows = sql.rows(
        f"select {CUSTOMER_COLUMNS} from customer where shard = :shard and id = any(:ids)", ids=ids
    )
    return _in_order(ids, {row.id: customer_of(row) for row in rows})


def suggest_products(sql: Sql, text: str) -> list[Product]:
    """What has exactly this sku or barcode comes first. Only what is sold."""
    exact = find_by_code(sql, text)
    skus = [exact.sku] if exact else []
    skus += [sku for sku in _having(sql, _PRODUCTS, terms_of(text)) if sku not in skus]
    rows = sql.rows(
        f"select {PRODUCT} from product where shard = :shard and sku = any(:skus) and active = 1",
        skus=skus,
    )
    return _in_order(skus, {row.sku: product_of(row) for row in rows})[:MOST]


def find_by_code(sql: Sql, text: str) -> Product | None:
    """By sku, whatever its case, or by barcode: what a scanner sends."""
    code = text.strip()
    row = sql.first(
        f"select {PRODUCT} from product where shard = :shard and barcode = :barcode",
        barcode=gtin(code) or "",
    )
    for sku in dict.fromkeys((code, code.upper(), code.lower())):
        row = row or sql.first(
            f"select {PRODUCT} from product where shard = :shard and sku = :sku", sku=sku
        )
    return None if row is None else product_of(row)


def _in_order(keys: Sequence[str], found: dict[str, Any]) -> list[Any]:
    return [found[key] for key in keys if key in found]


def all_customers(sql: Sql, terms: Sequence[str], *, most: int) -> list[str] | None:
    """Those that have words with all of these beginnings, of which there has to be one. None where
    more than `most` words have even the rarest of them."""
    [(count, leader), *others] = _rarest_first(sql, _CUSTOMERS, terms, probe=most + 1)
    if count > most:
        return None
    conditions, values = _too(_CUSTOMERS, [term for _, term in others])
    rows = sql.rows(
        "select distinct w.customer_id from customer_word w where w.shard = :shard"
        f" and w.word >= :low and w.word < :high{conditions}",
        low=leader,
        high=leader + END,
        **values,
    )
    return [row.customer_id for row in rows]


def _having(sql: Sql, words: _Words, terms: Sequence[str], *, most: int = MOST) -> list[str]:
    """Those that have words with all of these beginnings."""
    if not terms:
        return []
    [leader, *others] = [term for _, term in _rarest_first(sql, words, terms, probe=PROBE)]
    conditions, values = _too(words, others)
    rows = sql.rows(
        f"with w as (select {words.subject}, word from {words.table} where shard = :shard"
        " and word >= :low and word < :high order by word limit :scan)"
        f" select w.{words.subject} from w where true{conditions}"
        f" order by w.word, w.{words.subject} limit :most",
        low=leader,
        high=leader + END,
        scan=SCAN,
        most=most * 4,  # several words of one may begin alike
        **values,
    )
    return list(dict.fromkeys(row[0] for row in rows))[:most]


def _too(words: _Words, terms: Sequence[str]) -> tuple[str, dict[str, str]]:
    """The condition that what `w` is a word of has words with these beginnings, too.

    Limit and offset change nothing, but keep PostgreSQL from reading all words that begin so in
    order to join them: few things are left, and a look-up for each is cheap.
    """
    conditions = "".join(
        f" and exists (select 1 from {words.table} o where o.shard = :shard"
        f" and o.{words.subject} = w.{words.subject} and o.word >= :term{no}"
        f" and o.word < :end{no} limit 1 offset 0)"
        for no in range(len(terms))
    )
    values = {name: x for no, term in enumerate(terms) for name, x in _range(term, no).items()}
    return conditions, values


def _range(term: str, no: int) -> dict[str, str]:
    return {f"term{no}": term, f"end{no}": term + END}


def _rarest_first(
    sql: Sql, words: _Words, terms: Sequence[str], *, probe: int
) -> list[tuple[int, str]]:
    """How many words begin so, counted up to `probe`, and the beginning."""
    return sorted((_count(sql, words, term, probe=probe), term) for term in terms)


def _count(sql: Sql, words: _Words, term: str, *, probe: int) -> int:
    count: int = sql.scalar(
        f"select count(*) from (select 1 from {words.table} where shard = :shard"
        " and word >= :low and word < :high limit :probe) found",
        low=term,
        high=term + END,
        probe=probe,
    )
    return count


def last_address(sql: Sql, customer_id: str) -> Address | None:
    """Where the customer's latest order that was sent went to."""
    rows = sql.rows(
        "select ship_to from orders where shard = :shard and customer_id = :customer"
        " order by id desc limit :recent",
        customer=customer_id,
        recent=RECENT,
    )
    kept = next((row.ship_to for row in rows if row.ship_to), None)
    return address_of(kept)
