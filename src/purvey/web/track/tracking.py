"""`/track/{token}`: the customer's page about one order, for whoever has its link.

It shows where the order is, and lets the customer cancel or correct the address as long as the
process allows that. The token is the key: 128 bits that nobody guesses. Forms carry a hash of it,
so that no other site can send one; deeds are limited by token and by address.
"""

import hmac
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.adapters.messages import LANGUAGES, language_of
from purvey.domain.order import Order
from purvey.kit.leaking import Limit
from purvey.queries.history import history_of
from purvey.queries.notices import notices_of
from purvey.queries.orders import find_by_track_token, read_orders
from purvey.queries.paging import MAX_PAGE
from purvey.queries.wording import language_for
from purvey.storage.throttle import count_try
from purvey.storage.transaction import SqlTransaction
from purvey.web.office.address import address_of
from purvey.web.pages.html import page
from purvey.web.track.shown import values_of
from purvey.web.track.words import words
from purvey.wiring import DEFAULT_SHARD, House

MAX_TOKEN = 64
OF_TOKEN = Limit(kind="track", burst=10, every=timedelta(seconds=30))
OF_ADDRESS = Limit(kind="track address", burst=30, every=timedelta(seconds=10))
DONE = ("done_cancelled", "done_address", "done_return", "done_withdrawn", "too_late")
MAX_FIELDS = 220  # a return names each line of an order, at most 200


class Visit:
    """One request of a customer."""

    def __init__(self, request: Request, form: FormData | None = None):
        self.house: House = request.app.state.house
        self.token = str(request.path_params["token"])
        self.is_sent, self.form = form is not None, form or FormData()
        self._request = request
        self.wish = request.query_params.get("language")

    def part(self, name: str) -> str:
        """What the address names besides the order."""
        return str(self._request.path_params[name])

    def order(self) -> Order | None:
        return _find(self.house, self.token)

    def language(self, order: Order | None) -> str:
        if self.wish in LANGUAGES:
            return str(self.wish)
        settings = self.house.settings
        return language_for(order, settings) if order else language_of(settings.language)

    def page(
        self, template: str, order: Order | None, /, *, status: int = 200, **values: Any
    ) -> Response:
        language = self.language(order)
        shown: dict[str, Any] = {
            "words": words(language),
            "shop": self.house.settings.shop_name,
            "language": language,
            "languages": LANGUAGES,
            "here": f"/track/{self.token}",
            "asked": f"?language={language}" if self.wish in LANGUAGES else "",
            "csrf": csrf_of(self.token),
            "order": order,
            **values,
        }
        return page(template, status=status, forms=True, **shown)

    def back(self, note: str) -> Response:
        """To the page of the order, which says what came of it."""
        language = f"&language={self.wish}" if self.wish in LANGUAGES else ""
        return RedirectResponse(f"/track/{self.token}?note={note}{language}", 303)

    def refusal(self, order: Order) -> Response | None:
        """Why this form is not looked at; None: it is."""
        site = self._request.headers.get("sec-fetch-site", "same-origin")
        given = str(self.form.get("csrf") or "")
        ours = hmac.compare_digest(given.encode("utf-8", "replace"), csrf_of(self.token).encode())
        if site not in ("same-origin", "none") or not ours:
            return show(self, order, status=403, note="foreign")
        wait = _wait(self.house, self.token, address_of(self._request))
        if wait:
            answer = show(self, order, status=429, note="too_often")
            answer.headers["Retry-After"] = str(int(wait.total_seconds()) + 1)
            return answer
        return None


def csrf_of(token: str) -> str:
    return sha256(f"csrf:{token}".encode()).hexdigest()


async def tracking_page(request: Request) -> Response:
    return await run_in_threadpool(_tracking_page, Visit(request), request.query_params.get("note"))


def _tracking_page(visit: Visit, note: str | None) -> Response:
    order = visit.order()
    if order is None:
        return unknown(visit)
    return show(visit, order, note=note if note in DONE else None)


def unknown(visit: Visit) -> Response:
    return visit.page("track_unknown.html", None, status=404)


def show(visit: Visit, order: Order, *, status: int = 200, note: str | None = None) -> Response:
    with visit.house.database.reading(DEFAULT_SHARD) as sql:
        events = history_of(sql, order.id, limit=MAX_PAGE).items
        notices = notices_of(sql, order.id, limit=MAX_PAGE).items
    shown = values_of(
        visit.house, order, language=visit.language(order), events=events, notices=notices
    )
    return visit.page("track.html", order, status=status, note=note, **shown)


Deed = Callable[[Visit, Order], Response]


def in_a_thread(handler: Deed) -> Callable[..., Any]:
    """A page or a deed about an order that is there; a form is checked first."""

    async def serve(request: Request) -> Response:
        form = (
            await request.form(max_files=0, max_fields=MAX_FIELDS)
            if request.method == "POST"
            else None
        )
        return await run_in_threadpool(_serve, handler, Visit(request, form))

    return serve


def _serve(handler: Deed, visit: Visit) -> Response:
    order = visit.order()
    if order is None:
        return unknown(visit)
    refusal = visit.refusal(order) if visit.is_sent else None
    return refusal or handler(visit, order)


def _wait(house: House, token: str, address: str) -> timedelta:
    now = house.clock()

    def count(tx: SqlTransaction) -> timedelta:
        limits = ((OF_ADDRESS, address), (OF_TOKEN, token))
        return max(count_try(tx.sql, limit, who, now=now) for limit, who in limits)

    return house.database.run(DEFAULT_SHARD, count)


def _find(house: House, token: str) -> Order | None:
    if len(token) > MAX_TOKEN or not (token.isascii() and token.isprintable()):
        return None
    with house.database.reading(DEFAULT_SHARD) as sql:
        order_id = find_by_track_token(sql, token)
        return read_orders(sql, [order_id])[order_id] if order_id else None
