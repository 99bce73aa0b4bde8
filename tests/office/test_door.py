"""Who is let in, who is sent away, and what every page says to the browser."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import urljoin

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from purvey.domain.people import ABSOLUTE, IDLE
from purvey.domain.rights import RIGHTS, ROLES, Role
from purvey.testing import Clock
from purvey.web.office import passwords
from purvey.web.office.address import _household
from purvey.web.office.door import LOGGED_IN, ROUTES, Visitor, live
from purvey.web.office.entering import local
from purvey.web.office.tries import OF_ACCOUNT, OF_ADDRESS
from tests.office.conftest import PASSWORD, STRONG, Office, alert


def test_who_is_not_logged_in_comes_back_after_the_log_in(small_office: Office):
    browser = small_office.browser()
    answer = browser.get("/settings/people?after=x&y=1")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/login?next=/settings/people%3Fafter%3Dx%26y%3D1"
    parts = browser.get(
        "/settings/people", **{"HX-Request": "true", "HX-Current-URL": "http://x/orders?a=1"}
    )
    assert parts.headers["hx-redirect"] == "/login?next=/orders%3Fa%3D1"
    assert browser.post("/settings/people").status_code == 401


@pytest.mark.parametrize(
    "address",
    ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/\n/x", "javascript:x"],
)
def test_nobody_is_sent_to_another_site(address: str):
    assert local(address) == "/"
    assert local("/orders?a=1&b=%20") == "/orders?a=1&b=%20"


@given(st.text(max_size=40) | st.text("/\\\\:.@evil?#\t", max_size=12))
def test_wherever_one_is_sent_it_is_here(address: str):
    there = local(address)
    assert there.startswith("/") and there[1:2] not in ("/", "\\") and "\n" not in there
    assert urljoin("https://shop.example/login", there).startswith("https://shop.example/")


def test_a_session_that_is_not_used_ends(office: Office, clock: Clock):
    browser = office.logged_in()
    clock.now += IDLE - timedelta(minutes=1)
    assert browser.get("/account").status_code == 200  # and is used by that
    clock.now += IDLE - timedelta(minutes=1)
    assert browser.get("/account").status_code == 200
    clock.now += IDLE
    assert browser.get("/account").status_code == 303


def test_a_session_ends_after_thirty_days(small_office: Office, clock: Clock):
    browser, start = small_office.logged_in(), clock.now
    while clock.now < start + ABSOLUTE - timedelta(hours=11):
        clock.now += timedelta(hours=11)
        assert browser.get("/account").status_code == 200
    clock.now = start + ABSOLUTE
    assert browser.get("/account").status_code == 303


@pytest.mark.parametrize("token", ["", "x" * 43, "x" * 5000, "%00", "a;b"])
def test_a_made_up_session_is_none(small_office: Office, token: str):
    browser = small_office.browser()
    answer = browser.get("/account", cookie=f"purvey={token}")
    assert answer.status_code == 303


@pytest.mark.parametrize("csrf", ["", "0" * 64, "é"])
def test_a_form_without_its_token_does_nothing(small_office: Office, csrf: str):
    browser, other = small_office.logged_in(), small_office.logged_in("Bob")
    for token in (csrf, other.csrf):
        answer = browser.client.post("/logout", data={"csrf": token, "everywhere": "1"})
        assert answer.status_code == 403 and "another site" in alert(answer)
    assert browser.client.post("/logout").status_code == 403
    assert browser.get("/account").status_code == 200


def test_the_token_may_come_in_a_header(office: Office):
    browser = office.logged_in()
    assert browser.client.post("/logout", headers={"X-CSRF-Token": "no"}).status_code == 403
    answer = browser.client.post("/logout", headers={"X-CSRF-Token": browser.csrf})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_s_form_does_nothing(small_office: Office, headers: dict[str, str]):
    browser = small_office.logged_in()
    fields = {"csrf": browser.csrf}
    assert browser.client.post("/logout", data=fields, headers=headers).status_code == 403
    login = {"email": browser.person.email, "password": PASSWORD}
    foreign = small_office.browser().client.post("/login", data=login, headers=headers)
    assert foreign.status_code == 403 and "set-cookie" not in foreign.headers
    ours = {"Origin": small_office.address, "Sec-Fetch-Site": "same-origin"}
    assert browser.client.post("/logout", data=fields, headers=ours).status_code == 303


def test_ten_wrong_passwords_and_the_account_has_to_wait(office: Office, clock: Clock):
    ann = office.person()
    for _ in range(OF_ACCOUNT.burst):
        answer = office.browser().post("/login", email=ann.email, password="wrong password")
        assert answer.status_code == 401
    late = office.browser().post("/login", email=ann.email.upper(), password=PASSWORD)
    assert late.status_code == 429
    assert late.headers["retry-after"] == "60" and "60 seconds" in alert(late)
    bob = office.person("Bob")
    assert office.browser().post("/login", email=bob.email, password=PASSWORD).status_code == 303
    clock.forward(minutes=1)
    assert office.browser().post("/login", email=ann.email, password=PASSWORD).status_code == 303
    again = office.browser().post("/login", email=ann.email, password="wrong password")
    assert again.status_code == 401  # a good log-in forgives what was before


def test_one_address_that_tries_many_accounts_has_to_wait(small_office: Office):
    answers = [
        small_office.browser().post("/login", email=f"{n}@x.example", password="x").status_code
        for n in range(OF_ADDRESS.burst + 1)
    ]
    assert set(answers[:-1]) == {401} and answers[-1] == 429


def test_behind_a_proxy_the_caller_counts_not_the_proxy(new_office):
    office = new_office(trusted_proxies=1)
    for n in range(OF_ADDRESS.burst + 5):
        # What the caller wrote stands first, what the proxy saw stands last.
        chain = {"X-Forwarded-For": f"10.0.0.{n}, 192.0.2.1"}
        office.browser().client.post("/login", data={"email": f"{n}@x"}, headers=chain)
    mine = {"X-Forwarded-For": "192.0.2.1"}
    other = {"X-Forwarded-For": "192.0.2.1, 192.0.2.2"}
    login = {"email": "a@x", "password": "x"}
    assert office.browser().client.post("/login", data=login, headers=mine).status_code == 429
    assert office.browser().client.post("/login", data=login, headers=other).status_code == 401


@pytest.mark.parametrize(
    ("address", "counts_as"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:9::9%eth0", "2001:db8:1:2::/64"),
        ("unix", "unix"),
    ],
)
def test_half_an_ipv6_address_is_one_household(address: str, counts_as: str):
    assert _household(address) == counts_as


def test_a_password_costs_what_owasp_asks_for():
    assert (STRONG.memory_cost, STRONG.time_cost, STRONG.parallelism) == (19_456, 2, 1)
    kept = STRONG.hash(PASSWORD)
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.fits(PASSWORD, kept)
    assert not passwords.fits(f"{PASSWORD} ", kept)


def test_a_flood_of_passwords_is_turned_away(monkeypatch: pytest.MonkeyPatch):
    """While the slots are taken, some wait, and the others are told so at once."""
    monkeypatch.setattr(passwords, "_queue", threading.BoundedSemaphore(2))
    with passwords._turn(), passwords._turn(), pytest.raises(passwords.TooBusy):
        passwords.fits("a password", None)
    assert passwords.fits("a password", None) is False


def test_an_unknown_account_is_told_the_same(office: Office):
    ann = office.person()
    known = office.browser().post("/login", email=ann.email, password="wrong password")
    unknown = office.browser().post("/login", email="no@shop.example", password="wrong password")
    assert known.status_code == unknown.status_code == 401
    assert known.text.replace(ann.email, "") == unknown.text.replace("no@shop.example", "")


def test_over_https_the_cookie_is_for_this_host_only(new_office):
    office = new_office(public_url="https://shop.example")
    ann = office.person()
    answer = office.browser().post("/login", email=ann.email, password=PASSWORD)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-purvey=")
    for part in ("Secure", "HttpOnly", "Path=/", "SameSite=lax"):
        assert part in cookie
    assert "Domain" not in cookie
    page = office.browser().get("/login")
    assert page.headers["strict-transport-security"].startswith("max-age=")
    plain = office.browser().get("/account", cookie=f"purvey={office.session_for(ann)}")
    assert plain.status_code == 303  # a cookie without the prefix may come from a subdomain


def assert_safe(answer: httpx2.Response) -> None:
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert "no-store" in answer.headers["cache-control"]


def test_every_page_forbids_what_it_does_not_need(small_office: Office):
    ann = small_office.logged_in()
    clerk = small_office.logged_in("Cleo", role="clerk")
    pages = ["/account", "/account/second-factor", "/settings/people", "/settings/keys"]
    for answer in [
        *(ann.get(path) for path in pages),
        clerk.get("/settings/people"),
        small_office.browser().get("/login"),
        small_office.browser().get("/welcome/nothing"),
        small_office.browser().post("/login", email="a", password="b"),
    ]:
        assert_safe(answer)
        assert "strict-transport-security" not in answer.headers


@pytest.mark.parametrize("role", list(Role))
def test_each_door_opens_for_the_rights_of_a_role_alone(small_office: Office, role: Role):
    """A refusal comes before anything is looked up: made-up ids are enough."""
    browser = small_office.logged_in(role=role)
    for route in ROUTES:
        path = route.path_format.replace("{", "x").replace("}", "")
        right = route.right
        if right in (None, LOGGED_IN) or path in ("/logout",):
            continue
        for method in route.methods - {"HEAD"}:
            answer = browser.get(path) if method == "GET" else browser.post(path)
            refused = answer.status_code == 403
            assert refused == (right not in ROLES[role]), (path, role, answer.status_code)


def test_every_role_may_less_than_the_administrator():
    assert ROLES[Role.ADMINISTRATOR] == RIGHTS.keys()
    assert ROLES[Role.VIEWER] < ROLES[Role.CLERK] < ROLES[Role.MANAGER]
    for role in (Role.VIEWER, Role.CLERK, Role.PICKER, Role.MANAGER):
        assert not {"users:write", "settings:write"} & ROLES[role]
    assert not {"refunds:approve", "prices:approve"} & (ROLES[Role.CLERK] | ROLES[Role.PICKER])
    assert all(right.endswith(":read") for right in ROLES[Role.VIEWER])


@pytest.fixture
def feed() -> Iterator[None]:
    """A page whose answer goes on, such as one of server-sent events."""

    @live("/test-feed", right="users:write")
    async def tell(request: Request, visitor: Visitor) -> Response:
        return PlainTextResponse(f"hello {visitor.actor}")

    yield
    ROUTES.pop()


def test_an_answer_that_goes_on_has_the_same_door(feed: None, new_office):
    office = new_office()
    ann, cleo = office.logged_in("Ann"), office.logged_in("Cleo", role="clerk")
    assert ann.get("/test-feed").text == "hello Ann"
    assert cleo.get("/test-feed").status_code == 403
    assert office.browser().get("/test-feed").status_code == 401
