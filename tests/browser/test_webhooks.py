"""Settings > Webhooks by keyboard: an endpoint is added, tried out, and its answers are read."""

import time
from typing import Any

import pytest
from playwright.sync_api import expect

from purvey.worker.run import Worker
from tests.browser.conftest import Browse
from tests.browser.fitness import check_page
from tests.browser.keyboard import Keyboard
from tests.office.conftest import Office
from tests.servers.receiver import Receiver, Says
from tests.webhooks.conftest import LOOPBACK


@pytest.fixture(scope="module")
def settings() -> dict[str, Any]:
    return LOOPBACK


def work(office: Office) -> None:
    worker = Worker(office.house)
    while worker.round() or worker.calls(1).is_busy:
        time.sleep(0.002)
    worker.close()


def test_an_endpoint_is_added_and_tried_out(office: Office, browse: Browse):
    page = browse(office, role="administrator")
    keys = Keyboard(page)
    with Receiver() as receiver:
        receiver.answers = [Says(500, body=b"<b>out of order</b> " * 30), Says(200)]
        page.goto("/settings/webhooks")
        expect(page.get_by_text("Nobody is told yet")).to_be_visible()
        check_page(page)
        keys.press("Add an endpoint")
        expect(page.get_by_label("URL")).to_be_visible()
        keys.fill("URL", receiver.url())
        keys.fill("What it is", "The CRM")
        check_page(page)
        keys.press("Add it, and show its secret")
        expect(page.locator("code").first).to_contain_text("whsec_")
        check_page(page)
        keys.press("Send a test event")
        expect(page.get_by_text("not tried yet")).to_be_visible()
        work(office)
        expect(page.get_by_text("1, last 500")).to_be_visible()  # the log asks by itself
        expect(page.locator(".stat.bad dd")).to_have_text("1")
        page.get_by_text("1, last 500").click()
        expect(page.get_by_text("out of order").first).to_be_visible()
        check_page(page)
        keys.press("Send webhook.test once more")
        expect(page.locator("#told")).to_contain_text("once more")
        work(office)
        page.reload()
        expect(page.get_by_text("2, last 200")).to_be_visible()
        keys.press("Switch off")
        expect(page.get_by_text("It was switched off by hand.")).to_be_visible()
        check_page(page)
    page.goto("/settings/webhooks")
    expect(page.get_by_text("off: by hand")).to_be_visible()
    check_page(page)
