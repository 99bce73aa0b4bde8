"""The page of rights: which role has which, and which route needs which."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from generate_api import openapi

from purvey.domain.rights import RIGHTS, ROLES
from purvey.web.office.door import LOGGED_IN
from purvey.web.office.pages import office_routes

INTRO = """# Rights

People get rights by their role, programs by the scopes of their key; it is one table,
[`domain/rights.py`](../../src/purvey/domain/rights.py). A key with the scope `all` has every right.

- An administrator invites people under Settings > People, or with `purvey user add`; the
  [first one](cli.md#purvey-user-link) is made with the link that `purvey serve` prints.
- Whoever is logged in may see and change the own account, whatever the role.
- A change of role, a lock and the end of a session count at the next request.
"""


def rights() -> str:
    return "\n".join([INTRO, _roles(), _needed()]) + "\n"


def _roles() -> str:
    head = ["right", *ROLES, "lets one"]
    rows = [
        [f"`{right}`", *("yes" if right in has else "" for has in ROLES.values()), meaning]
        for right, meaning in RIGHTS.items()
    ]
    return "## Roles\n\n" + _table(head, rows)


def _needed() -> str:
    """Every route of the API and of the back office, under the right that it needs."""
    api, pages = _api_routes(), _office_routes()
    rows = [
        [f"`{right}`", _list(api.get(right, [])), _list(pages.get(right, []))] for right in RIGHTS
    ]
    rows.append(["whoever is logged in", "", _list(pages.get(LOGGED_IN, []))])
    rows.append(["nobody has to log in", "", _list(pages.get(None, []))])
    return "## What needs which right\n\n" + _table(["right", "API", "back office"], rows)


def _api_routes() -> Mapping[str, Sequence[str]]:
    found = defaultdict(list)
    for path, operations in openapi()["paths"].items():
        for method, operation in operations.items():
            [need] = operation["security"]
            [[right]] = need.values()
            found[right].append(f"{method.upper()} {path.removeprefix('/api/v1')}")
    return found


def _office_routes() -> Mapping[str | None, Sequence[str]]:
    found = defaultdict(list)
    for route in office_routes():
        [method] = (route.methods or set()) - {"HEAD"}
        found[getattr(route, "right", None)].append(f"{method} {route.path}")
    return found


def _list(places: Sequence[str]) -> str:
    return "<br>".join(f"`{place}`" for place in sorted(places, key=lambda x: x.split()[::-1]))


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
