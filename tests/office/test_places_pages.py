"""Settings > Locations and Shipping methods: add, change, close; what does not fit is told."""

import html

import pytest

from purvey.ports.storage import Location, ShippingMethod
from purvey.queries.catalogue import list_locations, list_methods
from purvey.wiring import DEFAULT_SHARD
from tests.office.conftest import Browser, Office

LOCATIONS, METHODS = "/settings/locations", "/settings/methods"
SHED = {"name": "The shed", "address": "2 Low Road,\n Leeds", "priority": "5", "active": "1"}
DRONE = {"name": "By drone", "price": "12.50", "days_from": "0", "days_to": "1", "active": "1"}


def location(office: Office, code: str) -> Location:
    with office.house.database.reading(DEFAULT_SHARD) as sql:
        return next(one for one in list_locations(sql) if one.code == code)


def method(office: Office, code: str) -> ShippingMethod:
    with office.house.database.reading(DEFAULT_SHARD) as sql:
        return next(one for one in list_methods(sql) if one.code == code)


def told(browser: Browser, path: str) -> str:
    return html.unescape(browser.get(path).text)


def test_a_location_is_added_changed_and_closed(small_office: Office):
    ada = small_office.logged_in()
    answer = ada.post(LOCATIONS, code="shed", **SHED)
    assert (answer.status_code, answer.headers["location"]) == (303, LOCATIONS)
    assert location(small_office, "shed").address == "2 Low Road, Leeds"
    page = told(ada, LOCATIONS)
    assert "The shed is saved." in page and "2 Low Road, Leeds" in page
    closed = {**SHED, "active": "", "version": "1", "name": "Shed"}
    assert ada.post(f"{LOCATIONS}/shed", **closed).status_code == 303
    assert location(small_office, "shed").active is False
    assert "closed" in told(ada, LOCATIONS)
    assert 'value="2"' in told(ada, f"{LOCATIONS}/shed")
    late = ada.post(f"{LOCATIONS}/shed", **{**closed, "name": "Late"})
    assert late.status_code == 422
    assert "Somebody changed it" in late.text
    assert location(small_office, "shed").name == "Shed"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"code": "a b"}, "Write 1 to 64 letters"),
        ({"code": "main"}, "This code is taken"),
        ({"name": " "}, "Write 1 to 200 characters"),
        ({"priority": "first"}, "Write a whole number from -1,000 to 1,000."),
    ],
)
def test_a_location_that_cannot_be_is_refused_with_what_was_typed(
    small_office: Office, wrong: dict[str, str], says: str
):
    ada = small_office.logged_in()
    answer = ada.post(LOCATIONS, **{"code": "shed", **SHED, **wrong})
    assert answer.status_code == 422
    assert says in html.unescape(answer.text)
    assert "2 Low Road, Leeds" in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert "The shed" not in told(ada, LOCATIONS)


def test_the_last_open_location_is_not_closed(small_office: Office):
    ada = small_office.logged_in()
    answer = ada.post(f"{LOCATIONS}/main", name="Main", priority="0", version="1")
    assert answer.status_code == 422
    assert "This is the last one in use" in answer.text
    assert ada.get(f"{LOCATIONS}/nowhere").status_code == 404


def test_a_method_is_added_changed_and_not_offered_any_more(small_office: Office):
    ada = small_office.logged_in()
    assert ada.post(METHODS, code="drone", **DRONE).status_code == 303
    assert method(small_office, "drone").price == 1250
    assert "£12.50" in told(ada, METHODS)
    change = {**DRONE, "price": "9", "active": "", "version": "1"}
    assert ada.post(f"{METHODS}/drone", **change).status_code == 303
    after = method(small_office, "drone")
    assert (after.price, after.active) == (900, False)
    assert "not offered" in told(ada, METHODS)
    assert 'value="9.00"' in told(ada, f"{METHODS}/drone")
    assert "come and collect" in told(ada, f"{METHODS}/pickup")
    assert ada.get(f"{METHODS}/rocket").status_code == 404


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"price": "a lot"}, "price"),
        ({"price": "1.999"}, "price"),
        ({"price": "-1"}, "price"),
        ({"days_from": "x"}, "days_from"),
        ({"days_from": "4"}, "days_to"),
    ],
)
def test_a_method_that_cannot_be_is_refused_at_its_field(
    small_office: Office, wrong: dict[str, str], says: str
):
    ada = small_office.logged_in()
    answer = ada.post(METHODS, **{"code": "drone", **DRONE, **wrong})
    assert answer.status_code == 422
    assert f'aria-describedby="{says}-says"' in answer.text
    assert f'id="{says}-says" class="problem"' in answer.text
    assert "By drone" not in told(ada, METHODS)


def test_only_who_may_change_settings_sees_them(small_office: Office):
    mia = small_office.logged_in(role="manager")
    for path in (LOCATIONS, METHODS, f"{LOCATIONS}/main", f"{METHODS}/standard"):
        assert mia.get(path).status_code == 403
        assert mia.post(path, name="x").status_code == 403
    assert location(small_office, "main").name == "Main"
