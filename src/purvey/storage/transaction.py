"""One open transaction with its repositories."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property

from purvey.ports.storage import ShippingMethod
from purvey.storage import tables
from purvey.storage.approvals import SqlApprovals
from purvey.storage.counts import SqlCounts
from purvey.storage.customers import SqlCustomers
from purvey.storage.desk import SqlDesk
from purvey.storage.intake import SqlIntake
from purvey.storage.message_texts import SqlTexts
from purvey.storage.messages import SqlMessages
from purvey.storage.methods import METHODS, method_of
from purvey.storage.notices import SqlNotices
from purvey.storage.order_notes import SqlOrderNotes
from purvey.storage.orders import SqlOrders
from purvey.storage.people import SqlPeople
from purvey.storage.shop_settings import SqlShopSettings
from purvey.storage.sql import Sql
from purvey.storage.stock import SqlStock
from purvey.storage.warehouse import SqlWarehouse
from purvey.storage.webhooks import SqlWebhooks


class SqlTransaction:
    """Implements `ports.storage.Transaction`."""

    def __init__(self, sql: Sql):
        self.sql = sql
        self.intake = SqlIntake(sql)
        self.stock = SqlStock(sql)
        self.orders = SqlOrders(sql)
        self.messages = SqlMessages(sql)

    @cached_property
    def approvals(self) -> SqlApprovals:
        return SqlApprovals(self.sql)

    @cached_property
    def notices(self) -> SqlNotices:
        return SqlNotices(self.sql)

    @cached_property
    def order_notes(self) -> SqlOrderNotes:
        return SqlOrderNotes(self.sql)

    @cached_property
    def texts(self) -> SqlTexts:
        return SqlTexts(self.sql)

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self.sql)

    @cached_property
    def webhooks(self) -> SqlWebhooks:
        return SqlWebhooks(self.sql)

    @cached_property
    def customers(self) -> SqlCustomers:
        return SqlCustomers(self.sql)

    @cached_property
    def counts(self) -> SqlCounts:
        return SqlCounts(self.sql)

    @cached_property
    def desk(self) -> SqlDesk:
        return SqlDesk(self.sql)

    @cached_property
    def settings(self) -> SqlShopSettings:
        return SqlShopSettings(self.sql)

    @cached_property
    def warehouse(self) -> SqlWarehouse:
        return SqlWarehouse(self.sql)

    def pipelined(self) -> AbstractContextManager[None]:
        return self.sql.pipelined()

    @property
    def shard(self) -> int:
        return self.sql.shard

    @cached_property
    def methods(self) -> Mapping[str, ShippingMethod]:
        return {row.code: method_of(row) for row in self.sql.rows(METHODS)}

    def put_methods(self, methods: Sequence[ShippingMethod]) -> None:
        rows = [
            (x.code, x.name, x.price, x.currency, x.days_from, x.days_to, int(x.active), x.version)
            for x in methods
        ]
        self.sql.upsert(tables.shipping_method, rows)
        self.__dict__.pop("methods", None)  # read anew
