"""Templates to pages. A browser runs and loads nothing but what this server has: no inline script
or style, no frame around it, no address of a page told to others."""

from pathlib import Path
from typing import Any

import jinja2
from starlette.requests import Request
from starlette.responses import Response

HERE = Path(__file__).parent / "templates"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
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

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(whose: Any, template: str, /, *, status: int = 200, **values: Any) -> Response:
    """A page for a Visitor, or for a Request of somebody who is not logged in."""
    visitor = None if isinstance(whose, Request) else whose
    house = whose.app.state.house if isinstance(whose, Request) else whose.house
    shown = {
        "visitor": visitor,
        "csrf": visitor.csrf if visitor else "",
        "shop": house.settings.shop_name,
        "language": "en",
    }
    text = _templates.get_template(template).render({**shown, **values})
    headers = HEADERS | (HSTS if is_secure(house.settings.web_address) else {})
    return Response(text, status, headers, "text/html")


def is_secure(address: str) -> bool:
    return address.startswith("https://")
