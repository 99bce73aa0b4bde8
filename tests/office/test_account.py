"""One's own account: password, second factor, sessions."""

import re

from purvey.kit.totp import STEP_SECONDS, code_at, decoded
from purvey.testing import Clock
from tests.office.conftest import PASSWORD, Browser, Office, alert


def test_changing_the_password_logs_out_the_other_browsers(office: Office):
    here = office.logged_in()
    there = office.browser(token=office.session_for(here.person))
    new = "another long password"
    wrong = here.post("/account/password", password="not this one", new_password=new)
    assert wrong.status_code == 422 and "not your password" in alert(wrong)
    short = here.post("/account/password", password=PASSWORD, new_password="short")
    assert short.status_code == 422 and "10 to 200" in alert(short)
    assert here.post("/account/password", password=PASSWORD, new_password=new).status_code == 303
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303
    email = here.person.email
    assert office.browser().post("/login", email=email, password=PASSWORD).status_code == 401
    assert office.browser().post("/login", email=email, password=new).status_code == 303


def test_sessions_are_listed_and_ended(office: Office):
    here = office.logged_in()
    there = office.browser(token=office.session_for(here.person))
    shown = here.get("/account").text
    [other] = re.findall(r'name="session" value="(ses_\w+)"', shown)
    stranger = office.logged_in("Bob", role="viewer")
    stranger.post("/account/sessions", session=other)
    assert there.get("/account").status_code == 200  # not Bob's to end
    assert here.post("/account/sessions", session=other).status_code == 303
    assert there.get("/account").status_code == 303


def test_logging_out_everywhere(office: Office):
    here = office.logged_in()
    there = office.browser(token=office.session_for(here.person))
    assert here.post("/logout", everywhere="1").headers["location"] == "/login"
    assert [x.get("/account").status_code for x in (here, there)] == [303, 303]


def turn_on(office: Office, browser: Browser) -> tuple[str, list[str]]:
    """The secret and the recovery codes."""
    shown = browser.get("/account/second-factor").text
    assert "<svg" in shown and "style=" not in shown
    secret = re.findall(r'name="secret" value="(\w+)"', shown)[0]
    answer = browser.post(
        "/account/second-factor",
        secret=secret,
        password=PASSWORD,
        code=code_now(office, secret),
    )
    assert answer.status_code == 200
    codes = re.findall(r"<code>([\w-]+)</code>", answer.text)
    assert len(codes) == 10
    return secret, codes


def code_now(office: Office, secret: str) -> str:
    return code_at(decoded(secret), int(office.house.clock().timestamp()) // STEP_SECONDS)


def ticket_of(office: Office, email: str) -> tuple[Browser, str]:
    browser = office.browser()
    answer = browser.post("/login", email=email, password=PASSWORD, next="/orders")
    assert answer.status_code == 200 and "set-cookie" not in answer.headers
    return browser, re.findall(r'name="ticket" value="([^"]+)"', answer.text)[0]


def test_with_a_second_factor_a_password_alone_lets_nobody_in(office: Office, clock: Clock):
    owner = office.logged_in()
    secret, _ = turn_on(office, owner)
    browser, ticket = ticket_of(office, owner.person.email)
    used = browser.post("/login/code", ticket=ticket, code=code_now(office, secret))
    assert used.status_code == 401  # it was used when it was turned on
    clock.forward(minutes=1)
    assert browser.post("/login/code", ticket=ticket, code="000000").status_code == 401
    forged = ticket[:-1] + ("0" if ticket[-1] != "0" else "1")
    code = code_now(office, secret)
    assert browser.post("/login/code", ticket=forged, code=code).status_code == 401
    good = browser.post("/login/code", ticket=ticket, code=code, next="/orders")
    assert (good.status_code, good.headers["location"]) == (303, "/orders")
    again = office.browser().post("/login/code", ticket=ticket, code=code)
    assert again.status_code == 401


def test_a_ticket_ends_after_five_minutes(small_office: Office, clock: Clock):
    owner = small_office.logged_in()
    secret, _ = turn_on(small_office, owner)
    browser, ticket = ticket_of(small_office, owner.person.email)
    clock.forward(minutes=6)
    late = browser.post("/login/code", ticket=ticket, code=code_now(small_office, secret))
    assert late.status_code == 401 and "too long" in alert(late)


def test_a_recovery_code_is_good_once(office: Office):
    owner = office.logged_in()
    _, codes = turn_on(office, owner)
    for status in (303, 401):
        browser, ticket = ticket_of(office, owner.person.email)
        answer = browser.post("/login/code", ticket=ticket, code=codes[3].upper())
        assert answer.status_code == status
    assert "codes left: 9" in owner.get("/account").text


def test_the_second_factor_is_turned_off_with_the_password(office: Office):
    owner = office.logged_in()
    turn_on(office, owner)
    assert owner.post("/account/second-factor/off", password="no").status_code == 422
    assert owner.post("/account/second-factor/off", password=PASSWORD).status_code == 303
    answer = office.browser().post("/login", email=owner.person.email, password=PASSWORD)
    assert answer.status_code == 303


def test_guessing_the_password_of_an_open_browser_is_limited(small_office: Office):
    owner = small_office.logged_in()
    new = {"new_password": "another long password"}
    said = [alert(owner.post("/account/password", password=f"guess {n}", **new)) for n in range(11)]
    assert "not your password" in said[9]
    assert "too often" in said[10]
