"""Settings > People, Settings > API keys."""

import re

import pytest

from purvey.storage.api_keys import find_key, list_keys
from purvey.storage.people import list_people
from purvey.wiring import DEFAULT_SHARD
from tests.office.conftest import PASSWORD, Browser, Office, alert

PLACE = "/settings/people"


def link_on(page_text: str) -> str:
    return re.findall(r"<code>http://[^/]+(/welcome/[^<]+)</code>", page_text)[0]


def invite(ann: Browser, name: str = "Bob", role: str = "clerk") -> str:
    """The path of the one-time link."""
    answer = ann.post(PLACE, name=name, email=f"{name}@shop.example", role=role)
    assert answer.status_code == 200, alert(answer)
    return link_on(answer.text)


def test_an_invited_person_sets_a_password_and_works(office: Office):
    ann, bob = office.logged_in(), office.browser()
    link = invite(ann)
    assert "Welcome, Bob" in bob.get(link).text
    assert bob.post(link, password=PASSWORD).status_code == 303
    assert bob.get("/account").status_code == 200
    assert bob.get(PLACE).status_code == 403  # a clerk
    assert office.browser().get(link).status_code == 404
    assert "added: Bob (clerk)" in ann.get(PLACE).text


def test_a_new_link_makes_the_one_before_worthless(office: Office):
    ann = office.logged_in()
    first = invite(ann)
    [bob] = [x for x in people(office) if x.name == "Bob"]
    second = link_on(ann.post(f"{PLACE}/{bob.id}/link").text)
    assert office.browser().get(first).status_code == 404
    assert office.browser().get(second).status_code == 200
    ann.post(f"{PLACE}/{bob.id}/lock")
    assert office.browser().get(second).status_code == 404


def people(office: Office):
    with office.house.database.reading(DEFAULT_SHARD) as sql:
        return list_people(sql)


def test_a_role_counts_from_the_next_click_on(office: Office):
    ann, bob = office.logged_in(), office.logged_in("Bob", role="viewer")
    assert bob.get(PLACE).status_code == 403
    ann.post(f"{PLACE}/{bob.person.id}/role", role="administrator")
    assert bob.get(PLACE).status_code == 200
    assert ann.post(f"{PLACE}/{bob.person.id}/role", role="king").status_code == 422


def test_lock_and_log_out(office: Office):
    ann, bob = office.logged_in(), office.logged_in("Bob")
    ann.post(f"{PLACE}/{bob.person.id}/log-out")
    assert bob.get("/account").status_code == 303
    ann.post(f"{PLACE}/{bob.person.id}/lock")
    assert office.browser().post("/login", **login(bob)).status_code == 401
    ann.post(f"{PLACE}/{bob.person.id}/unlock")
    assert office.browser().post("/login", **login(bob)).status_code == 303
    words = ann.get(PLACE).text
    for deed in ("logged out: Bob", "locked: Bob", "unlocked: Bob"):
        assert deed in words


def login(browser: Browser) -> dict[str, str]:
    return {"email": browser.person.email, "password": PASSWORD}


def test_the_only_administrator_stays(office: Office):
    ann = office.logged_in()
    for path, fields in (("lock", {}), ("role", {"role": "clerk"})):
        answer = ann.post(f"{PLACE}/{ann.person.id}/{path}", **fields)
        assert answer.status_code == 422 and "only administrator" in alert(answer)
    assert ann.get(PLACE).status_code == 200


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"name": "ANN  lee"}, "Somebody here has this name"),
        ({"name": ""}, "1 to 60"),
        ({"name": "x" * 61}, "1 to 60"),
        ({"name": "worker"}, "person&#39;s name"),
        ({"name": "Bob, approved by Ann"}, "person&#39;s name"),
        ({"name": "\uff21nn Lee"}, "Somebody here has this name"),
        ({"email": "nobody"}, "ann@example.com"),
        ({"email": "Ann.Lee@shop.example"}, "Somebody here has this e-mail"),
        ({"role": "king"}, "choose one of"),
    ],
)
def test_whom_one_cannot_add(small_office: Office, fields: dict[str, str], said: str):
    ann = small_office.logged_in()
    wish = {"name": "Bob", "email": "bob@shop.example", "role": "clerk", **fields}
    answer = ann.post(PLACE, **wish)
    assert answer.status_code == 422 and said in answer.text
    assert len(people(small_office)) == 1


def test_names_are_shown_as_they_are(small_office: Office):
    ann = small_office.logged_in()
    invite(ann, "<b>Bob</b>")
    assert "&lt;b&gt;Bob" in ann.get(PLACE).text


def test_a_key_is_shown_once_and_revoked(office: Office):
    ann = office.logged_in()
    made = ann.post("/settings/keys", name="webshop", scope=["orders:read", "orders:write"])
    [secret] = re.findall(r"<code>(pv_[^<]+)</code>", made.text)
    assert secret not in ann.get("/settings/keys").text
    with office.house.database.reading(DEFAULT_SHARD) as sql:
        key = find_key(sql, secret)
        assert key is not None and key.may("orders:read") and not key.may("stock:read")
    assert ann.post(f"/settings/keys/{key.id}/revoke").status_code == 303
    with office.house.database.reading(DEFAULT_SHARD) as sql:
        assert find_key(sql, secret) is None
    assert "revoked the API key" in ann.get(PLACE).text


@pytest.mark.parametrize(
    "fields", [{"name": "x"}, {"name": "x", "scope": "orders:eat"}, {"scope": "all"}]
)
def test_a_key_without_name_or_scope_is_not_made(small_office: Office, fields: dict[str, str]):
    ann = small_office.logged_in()
    assert ann.post("/settings/keys", **fields).status_code == 422
    with small_office.house.database.reading(DEFAULT_SHARD) as sql:
        assert list_keys(sql) == []
