"""Keys that stand for an order, customers found again, orders that look alike."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from purvey.domain.draft import Contact
from purvey.ports.storage import Asked, Customer, Known, Taken
from purvey.storage import tables
from purvey.storage.customers import CUSTOMER_COLUMNS, customer_of, customer_row
from purvey.storage.methods import METHODS, method_of
from purvey.storage.search_words import add_customer_words
from purvey.storage.sql import Sql
from purvey.storage.times import to_us


class SqlIntake:
    def __init__(self, sql: Sql):
        self._sql = sql

    def look_up(self, asked: Asked) -> Known:
        """One round trip, the transaction's first. Keys last: whoever took key and external id at
        once, while we look, is found by the key as well."""
        pairs = asked.external
        with self._sql.pipelined():
            external = self._sql.ask(
                "select channel, external_id, id, fingerprint from orders where shard = :shard"
                " and channel = any(:channels) and external_id = any(:ids)",
                channels=sorted({channel for channel, _ in pairs}),
                ids=sorted({external_id for _, external_id in pairs}),
            )
            lookalikes = self._sql.ask(
                "select lookalike, max(number) as number from orders where shard = :shard"
                " and lookalike = any(:keys) and placed_at >= :since"
                " and state not in ('cancelled', 'rejected') group by lookalike",
                keys=sorted(asked.lookalikes),
                since=to_us(asked.since),
            )
            customers = [
                self._sql.ask(
                    f"select {CUSTOMER_COLUMNS} from customer"
                    f" where shard = :shard and {by} = any(:names)",
                    names=names,
                )
                for by, names in _names_of(asked.contacts).items()
                if names
            ]
            methods = self._sql.ask(METHODS)
            keys = self._sql.ask(
                "select key, order_id, fingerprint from idempotency"
                " where shard = :shard and key = any(:keys)",
                keys=sorted(asked.keys),
            )
        return Known(
            external={(row[0], row[1]): Taken(row[2], row[3]) for row in external()},
            lookalikes={row[0]: row[1] for row in lookalikes()},
            customers=[customer_of(row) for answer in customers for row in answer()],
            keys={row[0]: Taken(row[1], row[2]) for row in keys()},
            methods={row.code: method_of(row) for row in methods()},
        )

    def taken_external(self, pairs: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], Taken]:
        return self.look_up(Asked(external=pairs)).external if pairs else {}

    def keep_keys(self, keys: Mapping[str, Taken], now: datetime) -> None:
        at = to_us(now)
        rows = [
            (key, taken.fingerprint, taken.order_id, None, None, at)
            for key, taken in sorted(keys.items())
        ]
        self._sql.insert(tables.idempotency, rows)

    def add_customers(self, customers: Sequence[Customer]) -> None:
        self._sql.insert(tables.customer, [customer_row(customer) for customer in customers])
        add_customer_words(self._sql, customers)


def _names_of(contacts: Collection[Contact]) -> Mapping[str, list[str]]:
    """By which columns customers are found, and where: each an index look-up of its own. An "or"
    would make PostgreSQL plan a bitmap of both; and SQLite, where it knows that nobody has an
    external id, reads all customers for an empty list (measured: 1,000,000 in each batch)."""
    return {
        "email": sorted({contact.email for contact in contacts if contact.email}),
        "external_id": sorted({c.external_id for c in contacts if c.external_id}),
    }
