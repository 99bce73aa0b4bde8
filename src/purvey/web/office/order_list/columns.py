"""What a row of the list can show. The number always comes first: it is the link to the order."""

from collections.abc import Iterable, Mapping

COLUMNS: Mapping[str, str] = {
    "placed": "Placed",
    "customer": "Customer",
    "state": "State",
    "waits": "Waits for",
    "total": "Total",
    "channel": "Channel",
    "email": "E-mail",
    "external_id": "External id",
    "shipping_method": "Shipping",
    "promised": "Promised",
    "paid": "Paid",
}
USUAL = ("placed", "customer", "state", "waits", "total", "channel")


def columns_in(names: Iterable[str]) -> list[str]:
    """Those that there are, in the order of the list."""
    wanted = set(names)
    return [name for name in COLUMNS if name in wanted]
