"""Templates to pages, with headers that let a browser run and load nothing but our own style."""

from pathlib import Path
from typing import Any

import jinja2
from starlette.requests import Request
from starlette.responses import Response

HERE = Path(__file__).parent / "templates"
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none';"
        " form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_POLICY = "Content-Security-Policy"
WITH_FORMS = HEADERS | {
    _POLICY: HEADERS[_POLICY].replace("form-action 'none'", "form-action 'self'")
}

_templates = jinja2.Environment(
    loader=jinja2.FileSystemLoader(HERE),
    autoescape=True,
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(template: str, *, status: int = 200, forms: bool = False, **values: Any) -> Response:
    """`forms`: the page may send some to ourselves."""
    text = _templates.get_template(template).render(values)
    return Response(text, status, WITH_FORMS if forms else HEADERS, "text/html")


async def style(request: Request) -> Response:
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "max-age=3600"}
    return Response((HERE / "style.css").read_bytes(), 200, headers, "text/css")
