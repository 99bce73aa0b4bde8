"""Settings > Webhooks: add, see, try out, change, switch off and on, send once more, remove."""

import html
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from purvey.config import Settings
from purvey.queries.webhooks import list_endpoints
from purvey.testing import Clock, Shop
from purvey.wiring import House
from purvey.worker.run import Worker
from tests.office.conftest import Browser, Office, alert
from tests.servers.databases import TestDatabase
from tests.servers.receiver import Receiver, Says
from tests.web.conftest import serving
from tests.webhooks.conftest import LOOPBACK

PLACE = "/settings/webhooks"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


@pytest.fixture
def office(
    new_database: Callable[[str], TestDatabase], clock: Clock, tmp_path: Path
) -> Iterator[Office]:
    """On SQLite: what the pages ask is asked on each database in tests/webhooks and tests/web."""
    url = new_database("sqlite").url
    books = str(tmp_path / "books.db")
    house = House(Settings(database_url=url, sandbox_path=books, **LOOPBACK), clock=clock)
    with ExitStack() as stack:
        stack.callback(house.close)
        yield Office(house, stack.enter_context(serving(house)), stack)


def work(office: Office) -> None:
    worker = Worker(office.house)
    while worker.round() or worker.calls(1).is_busy:
        time.sleep(0.002)
    worker.close()


def added(ann: Browser, url: str, *types: str) -> tuple[str, str]:
    """The path of its page, and its secret."""
    answer = ann.post(PLACE, url=url, description="CRM", type=list(types))
    assert answer.status_code == 200, alert(answer)
    path = re.search(rf'action="({PLACE}/whk_[0-9a-f]+)"', answer.text)
    secret = re.search(r"<code>(whsec_[^<]+)</code>", answer.text)
    assert path and secret
    return path[1], html.unescape(secret[1])


def told(ann: Browser, path: str) -> str:
    return html.unescape(ann.get(path).text)


def test_an_endpoint_is_added_and_its_secret_shown_once(office: Office, receiver: Receiver):
    ann = office.logged_in()
    assert "Nobody is told yet" in ann.get(PLACE).text
    path, secret = added(ann, receiver.url("/secret-path"), "order.received", "payment.*")
    assert secret not in told(ann, path)
    assert 'value="payment.*" checked' in told(ann, path)
    assert "secret-path" not in told(ann, PLACE)
    assert "CRM" in told(ann, PLACE)


def test_a_test_event_shows_what_was_answered(office: Office, receiver: Receiver):
    receiver.answers = [Says(500, body=b"<script>alert(1)</script>")]
    ann = office.logged_in()
    path, _ = added(ann, receiver.url())
    assert ann.post(f"{path}/test").status_code == 303
    assert 'hx-trigger="every 2s"' in ann.get(path).text
    work(office)
    page = ann.get(f"{path}/log").text
    assert "hx-trigger" not in page
    assert "webhook.test" in page
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "failed" in ann.get(f"{path}?state=failed").text
    assert "Nothing here" in ann.get(f"{path}?state=delivered").text
    assert ann.get(f"{path}?state=melted").status_code == 404


def test_what_failed_is_sent_once_more_alone_or_all_together(office: Office, receiver: Receiver):
    receiver.answers = [Says(500), Says(500), Says(200)]
    ann = office.logged_in()
    path, _ = added(ann, receiver.url())
    for _ in range(2):
        ann.post(f"{path}/test")
        work(office)
    one = re.search(rf"{path}/deliveries/whd_[0-9a-f]+/replay", ann.get(path).text)
    assert one is not None
    assert ann.post(one[0]).status_code == 303
    work(office)
    assert ann.post(f"{path}/replay", since="hour").status_code == 303
    assert "Being sent once more: 1." in told(ann, path)
    work(office)
    assert len(receiver.got) == 4
    assert len({got.id for got in receiver.got}) == 2
    assert "Send them once more" not in ann.get(path).text


def test_switched_off_it_waits_and_on_it_gets_what_it_missed(
    office: Office, receiver: Receiver, clock: Clock
):
    ann, shop = office.logged_in(), Shop(office.house, clock)
    path, _ = added(ann, receiver.url(), "order.received")
    ann.post(f"{path}/off")
    shop.stock(5, "85123A")
    shop.order((1, "85123A"))
    work(office)
    assert receiver.got == []
    assert "by hand" in told(ann, path)
    assert ann.post(f"{path}/test").status_code == 409
    ann.post(f"{path}/on", missed="send")
    work(office)
    assert len(receiver.got) == 1


def test_a_receiver_that_is_gone_is_seen(office: Office, receiver: Receiver):
    receiver.answers = [Says(410)]
    ann = office.logged_in()
    path, _ = added(ann, receiver.url())
    ann.post(f"{path}/test")
    work(office)
    assert "off: gone" in told(ann, PLACE)
    assert "answered 410" in told(ann, path)


def test_an_endpoint_is_changed_given_another_secret_and_removed(
    office: Office, receiver: Receiver
):
    ann = office.logged_in()
    path, first = added(ann, receiver.url())
    fields = {"url": receiver.url("/new"), "description": "Accounts", "type": "order.*"}
    assert ann.post(path, version="1", **fields).status_code == 303
    late = ann.post(path, version="1", **fields)
    assert (late.status_code, "in the meantime" in late.text) == (422, True)
    rotated = html.unescape(ann.post(f"{path}/rotate").text)
    second = re.search(r"<code>(whsec_[^<]+)</code>", rotated)
    assert second and second[1] != first
    assert ann.post(f"{path}/remove").status_code == 303
    assert ann.get(path).status_code == 404
    with office.house.database.reading(1) as sql:
        assert list_endpoints(sql).items == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"url": ""}, "Write a whole URL"),
        ({"url": "https://10.0.0.1/"}, "not a public address"),
        ({"url": "https://example.com/", "type": "order.melted"}, "no event type"),
        ({"url": "https://example.com/", "description": "x" * 201}, "at most 200"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field(
    office: Office, fields: dict[str, str], sentence: str
):
    ann = office.logged_in()
    answer = ann.post(PLACE, **fields)
    assert answer.status_code == 422
    assert sentence in html.unescape(answer.text)
    with office.house.database.reading(1) as sql:
        assert list_endpoints(sql).items == []


def test_only_who_may_change_settings_sees_them(office: Office, receiver: Receiver):
    path, _ = added(office.logged_in(), receiver.url())
    mia = office.logged_in("Mia", role="manager")
    for place in (PLACE, PLACE + "/new", path, path + "/log"):
        assert mia.get(place).status_code == 403
    for deed in ("test", "on", "off", "rotate", "remove", "replay"):
        assert mia.post(f"{path}/{deed}").status_code == 403
