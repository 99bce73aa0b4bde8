"""The door: one-time links, log-in, log-out, and who is sent away."""

from purvey.operations.people import PersonChange, change_people
from purvey.storage.invitations import invite
from purvey.storage.people import list_people
from purvey.testing import Clock
from purvey.wiring import DEFAULT_SHARD
from tests.office.conftest import PASSWORD, Office, alert


def test_the_first_link_makes_the_administrator_once(office: Office):
    link = office.run(lambda tx: invite(tx.sql, None, now=office.house.clock()))
    browser = office.browser()
    assert browser.get(f"/welcome/{link}").status_code == 200
    fields = {"name": "Ann  Lee", "email": "Ann@shop.local", "password": PASSWORD}
    short = browser.post(f"/welcome/{link}", **{**fields, "password": "short"})
    assert short.status_code == 422 and "10 to 200" in alert(short)
    made = browser.post(f"/welcome/{link}", **fields)
    assert (made.status_code, made.headers["location"]) == (303, "/")
    with office.house.database.reading(DEFAULT_SHARD) as sql:
        [ann] = list_people(sql)
    assert (ann.name, ann.role) == ("Ann Lee", "administrator")
    assert office.browser().post(f"/welcome/{link}", **fields).status_code == 404


def test_a_link_ends_after_a_day(office: Office, clock: Clock):
    link = office.run(lambda tx: invite(tx.sql, None, now=clock()))
    clock.forward(hours=24)
    assert office.browser().get(f"/welcome/{link}").status_code == 404


def test_a_person_logs_in_and_out(office: Office):
    ann, browser = office.person(), office.browser()
    assert browser.get("/login?next=/orders").status_code == 200
    fields = {"email": ann.email.upper(), "password": PASSWORD, "next": "/orders?state=ready"}
    answer = browser.post("/login", **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, "/orders?state=ready")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Secure" not in cookie
    assert browser.get("/login").status_code == 303  # is in already
    browser.token = browser.client.cookies["purvey"]
    assert browser.post("/logout").headers["location"] == "/login"
    assert browser.get("/login").status_code == 200


def test_a_locked_person_is_out_at_once(office: Office):
    office.logged_in("Bob")
    browser = office.logged_in("Ann")
    lock = PersonChange(person_id=browser.person.id, locked=True)
    office.house.do(change_people, [lock], actor="Bob")
    assert browser.post("/logout").status_code == 401
    answer = office.browser().post("/login", email=browser.person.email, password=PASSWORD)
    assert answer.status_code == 401
