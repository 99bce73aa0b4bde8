"""Who may do what: ONE table, for people by their role and for programs by their key's scopes.

A right is also the name of a scope of the API; what may be done is the same through both doors.
docs/reference/rights.md is made from this file and from the routes.
"""

from collections.abc import Mapping
from enum import StrEnum

RIGHTS: Mapping[str, str] = {
    "orders:read": "see orders, their history and the worklists",
    "orders:write": "take, change, hold, decide and cancel orders",
    "prices:override": "sell at another price than the catalogue's",
    "prices:approve": "approve prices above the limit that another person asked for",
    "products:read": "see products and prices",
    "products:write": "create and change products",
    "stock:read": "see stock, reservations and deliveries",
    "stock:write": "count, adjust, announce and receive stock",
    "customers:read": "see customers and what they ordered",
    "customers:write": "change customers, export and erase their data",
    "shipments:read": "see parcels",
    "shipments:write": "pick, pack, print and hand over parcels",
    "payments:read": "see payments",
    "payments:write": "capture, void and refund payments",
    "refunds:approve": "approve refunds above the limit that another person asked for",
    "returns:read": "see returns",
    "returns:write": "take and settle returns",
    "returns:late": "take back what comes after the shop's time for it",
    "events:read": "read the feed of events",
    "metrics:read": "see the figures",
    "messages:write": "change what customers are told, and tell them again",
    "settings:write": "change settings, adapters, and webhooks",
    "users:write": "invite, lock and change people; make and revoke keys of the API",
}


class Role(StrEnum):
    VIEWER = "viewer"
    CLERK = "clerk"
    PICKER = "picker"
    MANAGER = "manager"
    ADMINISTRATOR = "administrator"


_SEES = frozenset(right for right in RIGHTS if right.endswith(":read"))
_SELLS = frozenset(
    (
        "orders:write",
        "prices:override",
        "customers:write",
        "payments:write",
        "returns:write",
        "shipments:write",
    )
)
_PICKS = frozenset(
    (
        "orders:read",
        "products:read",
        "stock:read",
        "stock:write",
        "shipments:read",
        "shipments:write",
        "returns:read",
        "returns:write",
    )
)
_LEADS = frozenset(
    (
        "products:write",
        "stock:write",
        "prices:approve",
        "refunds:approve",
        "returns:late",
        "messages:write",
    )
)

ROLES: Mapping[Role, frozenset[str]] = {
    Role.VIEWER: _SEES,
    Role.CLERK: _SEES | _SELLS,
    Role.PICKER: _PICKS,
    Role.MANAGER: _SEES | _SELLS | _PICKS | _LEADS,
    Role.ADMINISTRATOR: frozenset(RIGHTS),
}
assert all(rights <= RIGHTS.keys() for rights in ROLES.values())
