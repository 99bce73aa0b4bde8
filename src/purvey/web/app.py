"""The application: its routes, and what lives as long as the process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import FastAPI
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from purvey import __version__
from purvey.domain.checks import warm_up
from purvey.web.api import (
    catalogue,
    customers,
    events,
    figures,
    hot_routes,
    order_changes,
    order_holds,
    order_messages,
    orders,
    payments,
    place_orders,
    returns,
    shipments,
    stock,
    webhooks,
)
from purvey.web.api.documented import API
from purvey.web.api.openapi import Document
from purvey.web.edge import Edge
from purvey.web.errors import HANDLED, answer_error
from purvey.web.health import Figures, healthz, readyz
from purvey.web.hooks.inbound import take_webhook
from purvey.web.hooks.sandbox_bank import sandbox_bank
from purvey.web.keys import Keys
from purvey.web.office.pages import office_routes
from purvey.web.office.pulse import Pulse
from purvey.web.office.static_files import static_route
from purvey.web.pages.html import style
from purvey.web.plain_route import PlainRoute
from purvey.web.receiving import Receiving
from purvey.web.track.deeds import track_routes
from purvey.wiring import House

THREADS = 24  # for what is not hot; fewer than the pool has connections
HOT = {
    f"{API}/orders": place_orders.place_order,
    f"{API}/orders/batch": place_orders.place_orders,
}
MODULES = (
    hot_routes,
    orders,
    order_holds,
    order_messages,  # its last words come before order_changes' {trigger}
    order_changes,
    catalogue,
    stock,
    customers,
    shipments,
    payments,
    returns,
    events,
    webhooks,
    figures,
)


def create_app(house: House) -> FastAPI:
    """The whole web side of an open house. The queue of orders lives from start-up to shutdown."""
    app = Application(
        title="purvey",
        version=__version__,
        lifespan=_lifespan,
        redirect_slashes=False,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: str(route.name),
    )
    app.state.house, app.state.keys, app.state.pulse = house, Keys(house), Pulse(house)
    for kind in HANDLED:
        app.add_exception_handler(kind, answer_error)
    for module in MODULES:
        app.include_router(module.router)
    app.router.routes.extend([*_plain_routes(app, house), *office_routes()])
    app.edge = Edge(app._inside, app=app, hot=HOT, large=frozenset({f"{API}/orders/batch"}))
    return app


class Application(FastAPI):
    """FastAPI with a ring around it, which serves the hot routes itself."""

    edge: Edge

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.edge(scope, receive, send)

    async def _inside(self, scope: Scope, receive: Receive, send: Send) -> None:
        await super().__call__(scope, receive, send)


def _plain_routes(app: FastAPI, house: House) -> list[Route]:
    document, shown = Document(app), Figures(house)
    return [
        PlainRoute(f"{API}/openapi.json", document.json),
        PlainRoute("/api/docs", document.html),
        PlainRoute("/healthz", healthz),
        PlainRoute("/readyz", readyz),
        PlainRoute("/metrics", shown.show),
        PlainRoute("/hooks/{adapter}", take_webhook, methods=["POST"]),
        PlainRoute("/sandbox/confirm/{reference}", sandbox_bank, methods=["GET", "POST"]),
        *track_routes(),
        PlainRoute("/style.css", style),
        static_route(),
    ]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS
    warm_up()
    app.state.receiving = Receiving(app.state.house)
    yield
    await anyio.to_thread.run_sync(app.state.receiving.close)
