"""The tests of pages find what they are there to find."""

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Browse
from tests.browser.fitness import check_axe, check_fits
from tests.browser.keyboard import Keyboard
from tests.browser.watching import Watch
from tests.office.conftest import Office

BAD = """<!doctype html><html lang="en"><head><title>Bad</title></head><body><main>
<script>document.title = 'ran'</script><img src="/missing.png" alt="">
<button></button><p style="color: #ccc">pale</p><div style="width: 3000px">wide</div>
<a href="/" style="outline: none">unseen</a>
</main><script src="/bad.js"></script></body></html>"""


@pytest.fixture
def bad(office: Office, browse: Browse) -> Page:
    page = browse(office, role="")
    policy = "default-src 'self'; style-src 'unsafe-inline'"
    page.route(
        "**/bad",
        lambda route: route.fulfill(
            body=BAD, content_type="text/html", headers={"Content-Security-Policy": policy}
        ),
    )
    script = "confirm('sure?'); fetch('/worse'); nothing();"
    page.route(
        "**/bad.js", lambda route: route.fulfill(body=script, content_type="text/javascript")
    )
    page.route("**/worse", lambda route: route.fulfill(status=500))
    page.goto("/bad")
    page.wait_for_load_state("networkidle")
    return page


def test_what_a_page_must_not_do_is_noticed(bad: Page, watches: dict[Page, Watch]):
    faults = "\n".join(watches[bad].faults)
    for words in ("Content Security Policy", "404 for", "500 for", "nothing is not", "sure?"):
        assert words in faults, f"{words} in {faults}"
    watches[bad].allow("")


def test_what_keeps_people_out_is_noticed(bad: Page, watches: dict[Page, Watch]):
    watches[bad].allow("")
    with pytest.raises(AssertionError, match=r"(?s)button-name \(critical\).*color-contrast"):
        check_axe(bad)
    with pytest.raises(AssertionError, match="wider than 1440"):
        check_fits(bad)
    with pytest.raises(AssertionError, match="does not see where the focus is"):
        Keyboard(bad).to("unseen")
    with pytest.raises(AssertionError, match="Tab does not come to 'Save'"):
        Keyboard(bad).to("Save")
