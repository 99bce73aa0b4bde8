"""Who follows a wrong address gets a page; a program gets its problem."""

import pytest

from tests.office.conftest import Office

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize("path", ["/nothing", "/settings/nothing", "/static/nothing.css/x"])
def test_a_person_gets_a_page_and_the_way_back(small_office: Office, path: str):
    inside = small_office.logged_in("Ann").get(path, **BROWSER)
    outside = small_office.browser().get(path, **BROWSER)
    for answer in (inside, outside):
        assert answer.status_code == 404
        assert "There is no such page." in answer.text
        assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert 'href="/orders"' in inside.text and 'href="/orders"' not in outside.text


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/hooks/nothing/x"])
def test_what_is_for_programs_stays_a_problem(small_office: Office, path: str):
    answer = small_office.browser().get(path, **BROWSER)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_program_gets_a_problem(small_office: Office):
    answer = small_office.browser().get("/nothing", Accept="application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
