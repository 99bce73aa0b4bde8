"""One open transaction with its repositories."""

from collections.abc import Mapping
from functools import cached_property

from purvey.ports.storage import ShippingMethod
from purvey.storage.approvals import SqlApprovals
from purvey.storage.intake import SqlIntake
from purvey.storage.messages import SqlMessages
from purvey.storage.orders import SqlOrders
from purvey.storage.people import SqlPeople
from purvey.storage.sql import Sql
from purvey.storage.stock import SqlStock


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
    def people(self) -> SqlPeople:
        return SqlPeople(self.sql)

    @property
    def shard(self) -> int:
        return self.sql.shard

    @cached_property
    def methods(self) -> Mapping[str, ShippingMethod]:
        rows = self.sql.rows(
            "select code, name, price, currency, days_from, days_to"
            " from shipping_method where shard = :shard"
        )
        return {
            row.code: ShippingMethod(
                code=row.code,
                name=row.name,
                price=row.price,
                currency=row.currency,
                days_from=row.days_from,
                days_to=row.days_to,
            )
            for row in rows
        }
