"""Shipping methods as rows."""

from typing import Any

from purvey.ports.storage import ShippingMethod

METHOD = "code, name, price, currency, days_from, days_to, active, version"
METHODS = f"select {METHOD} from shipping_method where shard = :shard order by code"


def method_of(row: Any) -> ShippingMethod:
    return ShippingMethod(
        code=row.code,
        name=row.name,
        price=row.price,
        currency=row.currency,
        days_from=row.days_from,
        days_to=row.days_to,
        active=bool(row.active),
        version=row.version,
    )
