"""Whose an order is: by what somebody is called as a whole, or by how their words begin.

A beginning may be one letter, and then half of all customers fit. Up to MANY words their orders are
listed. Beyond that nothing is listed: whoever searches walks down the newest orders, which soon
meets some, and asks for each whether its customer has such words.
"""

from collections.abc import Sequence
from typing import Any

from purvey.domain.search_words import END, terms_of
from purvey.queries.finding import all_customers
from purvey.queries.order_ways import ORDERS, Way, of_few_orders, of_order
from purvey.storage.sql import Sql

SAME_NAME = 200  # customers of one name whose orders are looked at
MANY = 1_000  # words that begin alike
FEW = 5  # customers whose orders are listed one by one, however many each of them has
BUSY = 10_000  # orders of more customers than that

Ways = tuple[list[Way], dict[str, Any]]


def called(sql: Sql, text: str, prefix: str) -> Ways:
    """By their record, and by what stands on the order of somebody who has none."""
    names, emails = _spellings(text), sorted({text, text.lower()})
    ids = _customer_ids(sql, text, names)
    ways = [
        of_few_orders(f"o.customer_email = any(:{prefix}_emails)"),
        of_few_orders(f"o.customer_id is null and o.customer_name = any(:{prefix}_names)"),
    ]
    values: dict[str, Any] = {f"{prefix}_emails": emails, f"{prefix}_names": names}
    if len(ids) == 1:  # one customer may have very many
        ways.append(of_order(f"o.customer_id = :{prefix}_id"))
        values[f"{prefix}_id"] = ids[0]
    elif ids:
        ways.append(of_few_orders(f"o.customer_id = any(:{prefix}_ids)"))
        values[f"{prefix}_ids"] = ids
    return ways, values


def _spellings(name: str) -> list[str]:
    """Names are found by index, and so only as they are usually written."""
    return sorted({name, name.lower(), name.upper(), name.title()})


def _customer_ids(sql: Sql, text: str, names: list[str]) -> list[str]:
    rows = sql.rows(
        "select id from customer where shard = :shard and id = :text"
        " union select id from customer where shard = :shard and email = :email"
        " union select id from customer where shard = :shard and external_id = :text"
        # Bounded by itself: a limit behind the union would count after all of a name were read.
        " union select id from (select id from customer where shard = :shard"
        " and name = any(:names) limit :limit) namesakes limit :limit",
        text=text,
        email=text.strip().lower(),
        names=names,
        limit=SAME_NAME,
    )
    return [row.id for row in rows]


def beginning(sql: Sql, text: str) -> Ways:
    """By the beginnings of their words, all of them, as somebody types them."""
    terms = terms_of(text)
    if not terms:
        return [], {}
    ids = all_customers(sql, terms, most=MANY)
    if ids is None:
        return _by_words(terms)
    if len(ids) <= FEW:
        values = {f"begun{no}": id_ for no, id_ in enumerate(ids)}
        return [of_order(f"o.customer_id = :{name}") for name in values], values
    if _are_busy(sql, ids):
        return _by_words(terms)
    return [of_few_orders("o.customer_id = any(:begun)")], {"begun": ids}


def _by_words(terms: Sequence[str]) -> Ways:
    """A look-up for each order (for limit and offset, see finding.py)."""
    wheres = (
        "exists (select 1 from customer_word w where w.shard = :shard"
        f" and w.customer_id = o.customer_id and w.word >= :begin{no} and w.word < :end{no}"
        " limit 1 offset 0)"
        for no in range(len(terms))
    )
    begins = {f"begin{no}": term for no, term in enumerate(terms)}
    ends = {f"end{no}": term + END for no, term in enumerate(terms)}
    return [Way(f"({' and '.join(wheres)})")], begins | ends


def _are_busy(sql: Sql, ids: list[str]) -> bool:
    orders: int = sql.scalar(
        f"select count(*) from ({ORDERS} and customer_id = any(:ids) limit :limit) found",
        ids=ids,
        limit=BUSY + 1,
    )
    return orders > BUSY
