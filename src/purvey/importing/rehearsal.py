"""The dry run: the same import, on a stage.

A transaction that is rolled back at the end would hold its locks for minutes, and one that is
rolled back after every batch would not know the orders of the batch before. So the import runs for
real, in a database of its own in the temporary folder, and nothing writes to the shop's:

1. The stage gets the shop itself: its locations, shipping methods and order numbers.
2. Before each batch, what the import could find of it in the shop is copied over, from one
   consistent view of the shop: products and their stock, customers, orders that are there already
   or may be cancelled, invoices that were taken before. What is on the stage stays as it is there.
3. The batch is imported on the stage by the very code that would import it into the shop.

So the report is that of the real run, memory stays as bounded as there, and the disk that is needed
grows with the file, not with the shop.
"""

import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from purvey.adapters.files.outcomes import CancellationOf, ChargeOf, OrderOf, Outcome
from purvey.domain.draft import Contact, Draft
from purvey.importing.candidates import find_candidates
from purvey.importing.importer import Wish, import_files
from purvey.importing.progress import Watch, nobody_watches
from purvey.importing.report import Report
from purvey.kit.frozen import evolve
from purvey.storage import tables
from purvey.storage.intake import SqlIntake
from purvey.storage.orders import SqlOrders
from purvey.storage.schema import create_tables
from purvey.storage.sql import Sql
from purvey.storage.transaction import SqlTransaction
from purvey.wiring import House

THE_SHOP = (tables.shop, tables.location, tables.shipping_method, tables.counter)
OF_AN_ORDER = (
    tables.order_line,
    tables.reservation,
    tables.hold,
    tables.payment,
    tables.shipment,
    tables.shipment_line,
)


def rehearse(shop: House, wish: Wish, *, watch: Watch = nobody_watches) -> Report:
    """What `import_files` would do and report, without writing to the shop's database."""
    with tempfile.TemporaryDirectory(prefix="purvey-dry-run-") as folder:
        stage = _built(shop, Path(folder) / "stage.db")
        try:
            with shop.database.reading(wish.shard) as sql:
                copier = _Copier(sql, stage, format_name=wish.format.name)
                copier.copy_shop()
                report = import_files(stage, wish, watch=watch, prepare=copier.prepare)
        finally:
            stage.close()
    report.dry_run = True
    return report


def _built(shop: House, file: Path) -> House:
    settings = evolve(shop.settings, database_url=f"sqlite:///{file}")
    stage = House(settings, clock=shop.clock)
    create_tables(stage.database.engine)
    return stage


class _Copier:
    """Copies what a batch needs. Rows that are on the stage already are left as they are there."""

    def __init__(self, shop: Sql, stage: House, *, format_name: str):
        self._shop, self._stage, self._format = shop, stage, format_name
        self._rows: list[tuple[sa.Table, list[tuple[Any, ...]]]] = []

    def copy_shop(self) -> None:
        for table in THE_SHOP:
            self._fetch(table, "true")
        self._write()

    def prepare(self, batch: Sequence[Outcome]) -> None:
        drafts = [x.draft for x in batch if isinstance(x, OrderOf)]
        invoices = [x for x in batch if isinstance(x, CancellationOf | ChargeOf)]
        cancellations = [x for x in invoices if isinstance(x, CancellationOf)]
        candidates = {x.order_id for x in find_candidates(self._shop, cancellations)}
        self._fetch_customers([x.customer for x in drafts] + [x.customer for x in invoices])
        self._fetch_orders(candidates, known=self._existing(drafts))
        skus = {line.sku for draft in drafts for line in draft.lines}
        self._fetch_products(skus | self._skus_of(candidates))
        sources = sorted(f"{self._format}:{x.external_id}" for x in invoices)
        self._fetch(tables.import_row, "source = any(:sources)", sources=sources)
        self._fetch(tables.import_row, "order_id = any(:ids)", ids=sorted(candidates))
        self._write()

    def _existing(self, drafts: Sequence[Draft]) -> set[str]:
        keys = {(draft.channel, draft.external_id or "") for draft in drafts}
        return {taken.order_id for taken in SqlIntake(self._shop).taken_external(keys).values()}

    def _skus_of(self, order_ids: Collection[str]) -> set[str]:
        return SqlOrders(self._shop).skus_of(order_ids) if order_ids else set()

    def _fetch_customers(self, contacts: Sequence[Contact]) -> None:
        emails = {x.email.strip().lower() for x in contacts if x.email}
        self._fetch(tables.customer, "email = any(:emails)", emails=sorted(emails))
        external = {x.external_id for x in contacts if x.external_id}
        self._fetch(tables.customer, "external_id = any(:external)", external=sorted(external))

    def _fetch_orders(self, candidates: set[str], *, known: set[str]) -> None:
        """Of those that are only found again, intake looks at nothing but the fingerprint."""
        self._fetch(tables.orders, "id = any(:ids)", ids=sorted(candidates | known))
        for table in OF_AN_ORDER:
            self._fetch(table, "order_id = any(:ids)", ids=sorted(candidates))

    def _fetch_products(self, skus: Collection[str]) -> None:
        self._fetch(tables.product, "sku = any(:skus)", skus=sorted(skus))
        self._fetch(tables.stock, "sku = any(:skus)", skus=sorted(skus))
        self._fetch(tables.movement, "id = any(:ids)", ids=self._first_movements(skus))

    def _first_movements(self, skus: Collection[str]) -> list[str]:
        """They tell whose product it is (supplying.py); the others tell an import nothing."""
        rows = self._shop.rows(
            "select (select m.id from movement m where m.shard = s.shard and m.sku = s.sku"
            " and m.location = s.location order by m.id limit 1) as id from stock s"
            " where s.shard = :shard and s.sku = any(:skus)",
            skus=sorted(skus),
        )
        return [row.id for row in rows if row.id]

    def _fetch(self, table: sa.Table, where: str, **values: list[str]) -> None:
        """All values are lists to look for; an empty one finds nothing."""
        if all(values.values()):
            columns = ", ".join([f'"{column.name}"' for column in table.columns][1:])
            query = f"select {columns} from {table.name} where shard = :shard and {where}"  # noqa: S608  # constants of this file
            self._rows.append((table, [tuple(row) for row in self._shop.rows(query, **values)]))

    def _write(self) -> None:
        def work(tx: SqlTransaction) -> None:
            for table, rows in self._rows:
                tx.sql.insert_new(table, rows)

        self._stage.database.run(self._shop.shard, work)
        self._rows.clear()
