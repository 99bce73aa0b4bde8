"""Templates to pages. A browser runs and loads nothing but what this server has: no inline script
or style, no frame around it, no address of a page told to others."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

import jinja2
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.web.office.showing import FILTERS
from purvey.web.office.static_files import address_of

HERE = Path(__file__).parent / "templates"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none';"
        " form-action 'self'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}
HSTS = {"Strict-Transport-Security": "max-age=31536000"}
TOLD, TOLD_SECONDS, TOLD_LENGTH = "told", 30, 500

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_templates.filters |= FILTERS
_templates.globals["static"] = address_of


def render(whose: Any, template: str, /, *, status: int = 200, **values: Any) -> Response:
    """A page for a Visitor, or for a Request of somebody who is not logged in.

    Every template knows: visitor, csrf, shop, currency, now, zone, path, told (what the last deed
    said, see `back`), and the navigation.
    """
    answer = Response(text_of(whose, template, **values), status, headers_of(whose), "text/html")
    if getattr(whose, "told", ""):
        answer.delete_cookie(TOLD, path="/")
    return answer


def text_of(whose: Any, template: str, /, **values: Any) -> str:
    """The page's text, or a part's: `template` may be any file of the folder."""
    from purvey.web.office.navigation import entries_for, here, settings_for

    visitor = None if isinstance(whose, Request) else whose
    house = whose.app.state.house if isinstance(whose, Request) else whose.house
    path = whose.url.path if isinstance(whose, Request) else whose.path
    shown = {
        "visitor": visitor,
        "csrf": visitor.csrf if visitor else "",
        "shop": house.settings.shop_name,
        "currency": house.settings.currency,
        "now": house.clock(),
        "zone": ZoneInfo(house.settings.time_zone),
        "path": path,
        "here": here(path),
        "told": visitor.told if visitor else "",
        "entries": entries_for(visitor) if visitor else [],
        "settings_entries": settings_for(visitor) if visitor else [],
        "language": "en",
    }
    return _templates.get_template(template).render({**shown, **values})


def headers_of(whose: Any) -> dict[str, str]:
    house = whose.app.state.house if isinstance(whose, Request) else whose.house
    return HEADERS | (HSTS if is_secure(house.settings.web_address) else {})


def back(to: str, *, told: str = "") -> Response:
    """After a deed: to a page (a path of ours), which says once what was done."""
    answer = RedirectResponse(to, 303)
    if told:
        value = quote(told[:TOLD_LENGTH])
        answer.set_cookie(
            TOLD, value, max_age=TOLD_SECONDS, path="/", httponly=True, samesite="lax"
        )
    return answer


def told_by(request: Request) -> str:
    return unquote(request.cookies.get(TOLD, ""))[:TOLD_LENGTH].replace("\0", "")


@cache
def compile_pages() -> None:
    """Beside the first requests, once a process: else the first visitor of each page waits for it.
    Compiling all of them takes about half a second."""
    for name in _templates.list_templates(extensions=["html"]):
        _templates.get_template(name)


def is_secure(address: str) -> bool:
    return address.startswith("https://")
