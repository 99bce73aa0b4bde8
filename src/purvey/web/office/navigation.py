"""What the pages lead to: ONE table. An entry shows where its page exists and the person may."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from purvey.web.office.door import LOGGED_IN, ROUTES, OfficeRoute, Visitor


@dataclass(frozen=True, slots=True)
class Entry:
    """`key`: typed after `g` it opens the page. `thumb`: in the bar at the bottom of a phone."""

    path: str
    label: str
    icon: str
    key: str = ""
    thumb: bool = False


MAIN = (
    Entry("/", "Today", "today", "t", thumb=True),
    Entry("/orders", "Orders", "orders", "o", thumb=True),
    Entry("/orders/new", "New order", "new", "n", thumb=True),
    Entry("/quotes", "Quotes", "quote", "q"),
    Entry("/warehouse", "Warehouse", "scan", "w", thumb=True),
    Entry("/stock", "Stock", "stock", "s"),
    Entry("/customers", "Customers", "customers", "c"),
    Entry("/returns", "Returns", "returns", "r"),
    Entry("/approvals", "Approvals", "approvals", "a"),
    Entry("/problems", "Problems", "problems", "p"),
    Entry("/settings", "Settings", "settings", ","),
)
SETTINGS = (
    Entry("/settings/shop", "Shop", "shop"),
    Entry("/settings/locations", "Locations", "location"),
    Entry("/settings/methods", "Shipping methods", "truck"),
    Entry("/settings/boxes", "Boxes", "box"),
    Entry("/settings/tax", "Tax", "money"),
    Entry("/settings/adapters", "Adapters", "plug"),
    Entry("/settings/messages", "Messages", "message"),
    Entry("/settings/webhooks", "Webhooks", "webhook"),
    Entry("/settings/people", "People", "people"),
    Entry("/settings/keys", "API keys", "key"),
)


@lru_cache
def _rights() -> dict[str, str]:
    """By path, what its page asks for. All pages are declared before the first one is shown."""
    pages = (route for route in ROUTES if isinstance(route, OfficeRoute))
    shown = (route for route in pages if "GET" in (route.methods or ()))
    return {route.path: route.right for route in shown if route.right is not None}


def _open_to(visitor: Visitor, entry: Entry) -> bool:
    right = _rights().get(entry.path)
    return right is not None and (right == LOGGED_IN or visitor.may(right))


def entries_for(visitor: Visitor) -> list[Entry]:
    """Settings only for those who may open one of them."""
    entries = [entry for entry in MAIN if _open_to(visitor, entry)]
    if not settings_for(visitor):
        entries = [entry for entry in entries if entry.path != "/settings"]
    return entries


def settings_for(visitor: Visitor) -> list[Entry]:
    return [entry for entry in SETTINGS if _open_to(visitor, entry)]


def here(path: str) -> str:
    """The entry that the page at `path` belongs to: the longest that leads to it."""
    return max(_leading_to(path), key=len, default="")


def _leading_to(path: str) -> Iterator[str]:
    for entry in (*MAIN, *SETTINGS):
        if path == entry.path or (entry.path != "/" and path.startswith(entry.path + "/")):
            yield entry.path
