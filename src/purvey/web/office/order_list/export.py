"""What was found as a CSV file, at most MOST orders, the newest first.

No cell starts a formula in a spreadsheet: text that begins as one is marked as text, and every
cell is quoted, so that none can be ended from inside (OWASP, CSV injection).
"""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import UTC

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from purvey.domain.money import to_text
from purvey.queries.order_choice import find_ids
from purvey.queries.order_list import OrderRow, read_rows
from purvey.web.office.door import Visitor, page
from purvey.web.office.html import headers_of, render
from purvey.web.office.order_list.asked import asked_by

MOST = 10_000
AT_ONCE = 500
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
HEAD = (
    "number",
    "placed_at",
    "state",
    "waiting_for",
    "channel",
    "external_id",
    "customer_name",
    "customer_email",
    "shipping_method",
    "promised_to",
    "currency",
    "total",
    "paid",
)


@page("/orders/many/export.csv", right="orders:read")
def export(request: Request, visitor: Visitor) -> Response:
    """The parameters are those of the list. A file that is cut off says so in its name."""
    asked = asked_by(visitor, request.query_params)
    if asked.problems:
        return render(visitor, "refused.html", status=422, sentence=" ".join(asked.problems))
    with visitor.reading() as sql:
        found = find_ids(sql, asked.wish, limit=MOST)
    day = visitor.house.today()
    name = f"orders-{day}" if found.is_all else f"orders-{day}-newest-{len(found.ids)}"
    headers = headers_of(visitor) | {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    lines = _lines(visitor, found.ids)
    return StreamingResponse(lines, 200, headers, "text/csv; charset=utf-8")


def _lines(visitor: Visitor, ids: Sequence[str]) -> Iterator[str]:
    """A part at a time: each is read in a moment of its own and holds up nobody."""
    yield _written([HEAD])
    for start in range(0, len(ids), AT_ONCE):
        with visitor.reading() as sql:
            rows = read_rows(sql, ids[start : start + AT_ONCE])
        yield _written(_cells(row) for row in rows)


def _written(rows: Iterator[Sequence[str]] | Sequence[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows(rows)
    return text.getvalue()


def _cells(row: OrderRow) -> tuple[str, ...]:
    return (
        str(row.number),
        row.placed_at.astimezone(UTC).isoformat(timespec="seconds"),
        row.state,
        row.waiting_code or "",
        row.channel,
        harmless(row.external_id),
        harmless(row.customer_name),
        harmless(row.customer_email),
        harmless(row.shipping_method),
        row.promised_to or "",
        row.currency,
        to_text(row.total, row.currency),
        to_text(row.paid, row.currency),
    )


def harmless(text: str | None) -> str:
    """As text for a spreadsheet, whatever it begins with."""
    said = text or ""
    return f"'{said}" if said.lstrip(" ").startswith(FORMULA_STARTS) else said
