"""Settings > Messages: texts are changed by those who may, tried first, kept, and changed back."""

import re
import time
from html import unescape

import pytest

from purvey.adapters.messages import MESSAGES
from tests.office.conftest import Office, alert

PLACE = "/settings/messages/confirmation/en"
GOOD = {"subject": "Hooray {{ order_number }}", "title": "Hooray", "body": "We pack it.\n\n[track]"}


def test_a_manager_changes_a_text_and_changes_it_back(office: Office):
    browser = office.logged_in("Mia", role="manager")
    page = browser.get(PLACE)
    assert "Thank you for your order" in page.text
    after = browser.post(PLACE, version="0", **GOOD)
    assert after.status_code == 303
    page = browser.get(PLACE)
    assert "Hooray {{ order_number }}" in unescape(page.text)
    assert "your own, version 1" in browser.get("/settings/messages").text
    assert browser.post(PLACE, version="1", built_in="1").status_code == 303
    page = browser.get(PLACE)
    assert "Thank you for your order" in page.text
    assert "the built-in text" in page.text
    assert "Hooray" in unescape(browser.get(f"{PLACE}?version=1").text)  # kept, and can be used
    journal = office.house.database.run(
        1,
        lambda tx: tx.sql.rows(
            "select actor, deed, subject from journal where shard = :shard order by id"
        ),
    )
    assert [(row.actor, row.subject) for row in journal[-2:]] == [
        ("Mia", "confirmation (en)"),
        ("Mia", "confirmation (en)"),
    ]


def test_of_two_who_change_it_at_once_the_second_is_told(small_office: Office):
    browser = small_office.logged_in()
    assert browser.post(PLACE, version="0", **GOOD).status_code == 303
    second = browser.post(PLACE, version="0", **{**GOOD, "title": "Mine"})
    assert second.status_code == 422
    assert "in the meantime" in alert(second)
    assert "Mine" in second.text  # what was typed is not lost


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("Hello\n\n{{ pasword }}", "Body, line 3: There is no 'pasword'"),
        ("{% for i in range(10**9) %}x{% endfor %}", "The only loop"),
        ("{{ 'a' * 10**9 }}", "'mul' cannot be used"),
        ("{{ shop_name.__class__ }}", "There is no '.__class__'"),
        ("{{ tracking.number }}", "Body, line 1"),  # not every order has a parcel
        ("", "needs a subject and a text"),
    ],
)
def test_a_text_that_fails_never_goes_live(small_office: Office, body: str, words: str):
    browser = small_office.logged_in()
    start = time.monotonic()
    answer = browser.post(PLACE, version="0", **{**GOOD, "body": body})
    assert time.monotonic() - start < 5
    assert answer.status_code == 422
    assert words in unescape(alert(answer))
    assert "built-in" in browser.get("/settings/messages").text
    assert "your own" not in browser.get("/settings/messages").text


def test_the_preview_is_the_mail_and_runs_nothing(small_office: Office):
    browser = small_office.logged_in()
    preview = browser.post(f"{PLACE}/preview", **GOOD, order="")
    assert "Hooray 1001" in preview.text
    assert "sandbox" in preview.headers["content-security-policy"]
    assert "script-src" not in preview.headers["content-security-policy"]
    evil = browser.post(f"{PLACE}/preview", **{**GOOD, "body": "<script>alert(1)</script>"})
    assert "<script" not in evil.text
    wrong = browser.post(f"{PLACE}/preview", **{**GOOD, "body": "{{ <b> }}"})
    assert "<b>" not in wrong.text
    assert 'role="alert"' in wrong.text
    assert "built-in" in browser.get("/settings/messages").text  # a preview changes nothing


@pytest.mark.parametrize("role", ["viewer", "clerk", "picker"])
def test_others_may_not(small_office: Office, role: str):
    browser = small_office.logged_in("Bo", role=role)
    assert browser.get("/settings/messages").status_code == 403
    assert browser.get(PLACE).status_code == 403
    assert browser.post(PLACE, version="0", **GOOD).status_code == 403
    assert browser.post(f"{PLACE}/preview", **GOOD).status_code == 403


@pytest.mark.parametrize("message", MESSAGES)
def test_every_message_has_its_page_and_its_text_can_be_saved_as_it_stands(
    small_office: Office, message: str
):
    browser = small_office.logged_in()
    place = f"/settings/messages/{message}/de"
    page = unescape(browser.get(place).text)
    subject = re.findall(r'name="subject" value="(.*?)"( |>)', page)
    body = re.findall(r"<textarea[^>]*>(.*?)</textarea>", page, re.DOTALL)
    fields = {"subject": subject[0][0] if subject else "", "title": "x", "body": body[0]}
    assert browser.post(place, version="0", **fields).status_code == 303


@pytest.mark.parametrize("place", ["nothing/en", "shipped/xx", "shipped"])
def test_what_is_not_there(small_office: Office, place: str):
    assert small_office.logged_in().get(f"/settings/messages/{place}").status_code == 404
