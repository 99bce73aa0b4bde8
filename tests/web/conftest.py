"""A real server on a free port for each test, and a client that checks every answer's shape."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import Any

import httpx2
import pytest

from purvey.config import Settings
from purvey.operations.adjust_stock import Adjustment, adjust_stock
from purvey.operations.put_products import put_products
from purvey.ports.storage import Product
from purvey.storage.api_keys import NewKey, create_keys
from purvey.web.server import HttpServer
from purvey.wiring import DEFAULT_SHARD, House, new_id
from tests.servers.databases import Databases
from tests.web.document import Document

START_SECONDS = 20
Json = dict[str, Any]


@contextmanager
def serving(house: House) -> Iterator[str]:
    """A server in a thread; yields its address."""
    ready, ports = threading.Event(), list[int]()

    def on_ready(port: int) -> None:
        ports.append(port)
        ready.set()

    server = HttpServer(house, host="127.0.0.1", port=0, on_ready=on_ready)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert ready.wait(START_SECONDS), "the server does not start"
        yield f"http://127.0.0.1:{ports[0]}"
    finally:
        server.should_exit = True
        thread.join(START_SECONDS)
    assert not thread.is_alive(), "the server does not stop"


def new_key(house: House, *scopes: str, name: str = "webshop") -> str:
    wish = NewKey(name=name, scopes=scopes or ("all",))
    [(_, secret)] = house.database.run(
        DEFAULT_SHARD,
        lambda tx: create_keys(tx.sql, [wish], new_id=new_id, now=house.clock()),
    )
    return secret


class Api:
    """`api.post("/orders", {...})`: paths are below /api/v1."""

    def __init__(self, house: House, address: str, document: Document, *, key: str):
        self.house, self.address, self.document, self.key = house, address, document, key
        self.client = httpx2.Client(
            base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=30
        )

    def request(self, method: str, path: str, **options: Any) -> httpx2.Response:
        full = f"/api/v1{path}"
        answer = self.client.request(method, full, **options)
        self.document.check(method, full, answer)
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
        return answer

    def get(self, path: str, **parameters: Any) -> httpx2.Response:
        return self.request("GET", path, params=parameters)

    def post(self, path: str, content: Any = None, **headers: str) -> httpx2.Response:
        return self.request("POST", path, json=content, headers=dashed(headers))

    def put(self, path: str, content: Any, **headers: str) -> httpx2.Response:
        return self.request("PUT", path, json=content, headers=dashed(headers))

    def order(self, **changes: Any) -> Json:
        """Place an order that is taken; the order as the answer shows it."""
        answer = self.post("/orders", an_order(**changes))
        assert answer.status_code == 201, answer.text
        return answer.json()

    def stock(self, sku: str, units: int, **product: Any) -> None:
        wanted = {"name": f"Product {sku}", "price": 255, "currency": "GBP", **product}
        self.house.do(put_products, [Product(sku=sku, **wanted)], actor="test")
        if units:
            came = Adjustment(sku=sku, location="main", change=units, reason="opening stock")
            self.house.do(adjust_stock, [came], actor="test")


def dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


def an_order(**changes: Any) -> Json:
    """Ann's order: 6 of 85123A, paid by the sandbox gateway."""
    order = {
        "channel": "web",
        "currency": "GBP",
        "customer": {"email": "ann@example.com", "name": "Ann Lee"},
        "ship_to": {
            "name": "Ann Lee",
            "line1": "1 High Street",
            "city": "Leeds",
            "postal_code": "LS1 4DT",
            "country": "GB",
        },
        "lines": [{"sku": "85123A", "quantity": 6, "unit_price": "2.55"}],
        "payment": {"gateway": "sandbox", "token": "tok_ok"},
    }
    return {**order, **changes}


def at_the_counter(**changes: Any) -> Json:
    """Paid and taken along: ready at once, and no label is needed."""
    counter = {
        "channel": "store",
        "payment": {"method": "cash"},
        "shipping": {"method": "pickup"},
        "ship_to": None,
    }
    return an_order(**{**counter, **changes})


@cache
def _document() -> list[Document]:
    return []


def document_of(address: str) -> Document:
    """Fetched once: it is the same for every shop."""
    known = _document()
    if not known:
        known.append(Document(httpx2.get(f"{address}/api/v1/openapi.json", timeout=60).json()))
    return known[0]


def open_api(house: House, stack: ExitStack, *scopes: str) -> Api:
    key = new_key(house, *scopes)
    address = stack.enter_context(serving(house))
    api = Api(house, address, document_of(address), key=key)
    stack.callback(api.client.close)
    return api


@pytest.fixture
def api(house: House) -> Iterator[Api]:
    """A shop with 100 of 85123A, served; on each kind of database."""
    with ExitStack() as stack:
        api = open_api(house, stack)
        api.stock("85123A", 100)
        yield api


@pytest.fixture(scope="module")
def small_api(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """On SQLite only, and shared by the tests of a file: for what ends before the database."""
    database = databases.fresh("sqlite", tmp_path_factory.mktemp("web"))
    house = House(Settings(database_url=database.url))
    with ExitStack() as stack:
        stack.callback(house.close)
        api = open_api(house, stack)
        api.stock("85123A", 100)
        yield api


@pytest.fixture
def new_api(new_house: Callable[..., House]) -> Iterator[Callable[..., Api]]:
    """`new_api(requests_waiting_limit=1)`: a served shop with settings of its own."""
    with ExitStack() as stack:

        def build(**settings: object) -> Api:
            api = open_api(new_house(**settings), stack)
            api.stock("85123A", 100)
            return api

        yield build
