"""Settings > Messages > Frame: the shop's own page around every mail, in MJML."""

import sys
from html import unescape

import pytest

from purvey.adapters.messages import frame_to_begin_with
from tests.office.conftest import Office, alert

PLACE = "/settings/messages/frame/all"
OWN = frame_to_begin_with().replace(
    "{{ shop_name }}</mj-text>", "Mugs of {{ shop_name }}</mj-text>"
)
CONFIRMATION = {"subject": "Thanks", "title": "Thanks", "body": "We pack it.", "order": ""}


def test_a_frame_is_used_and_taken_back(office: Office):
    browser = office.logged_in("Mia", role="manager")
    assert frame_to_begin_with().strip() in unescape(browser.get(PLACE).text)
    answer = browser.post(PLACE, version="0", body=OWN.replace("\n", "\r\n"))
    assert answer.status_code == 303, alert(answer)
    assert "your own frame, version 1" in browser.get("/settings/messages").text
    assert "Mugs of" in browser.get(PLACE).text
    # Other messages are shown in it, as they will be sent.
    shown = browser.post("/settings/messages/confirmation/de/preview", **CONFIRMATION)
    assert "Mugs of Lee &amp; Sons" in shown.text
    assert "We pack it." in shown.text
    assert browser.post(PLACE, version="1", built_in="1").status_code == 303
    shown = browser.post("/settings/messages/confirmation/de/preview", **CONFIRMATION)
    assert "Mugs of" not in shown.text
    assert "the built-in frame" in browser.get(PLACE).text


def test_the_preview_follows_what_is_typed_and_may_show_pictures_only(small_office: Office):
    browser = small_office.logged_in()
    shown = browser.post(f"{PLACE}/preview", body=OWN, order="")
    assert "Mugs of Lee &amp; Sons" in shown.text
    assert "Your order 1001" in shown.text  # the subject, above the mail
    policy = shown.headers["content-security-policy"]
    assert "default-src 'none'" in policy and "img-src https:" in policy and "sandbox" in policy
    wrong = browser.post(f"{PLACE}/preview", body=OWN.replace("<mj-head>", "<mj-heat>"))
    assert 'role="alert"' in wrong.text
    assert "Frame, line 2: There is no mj-heat" in unescape(wrong.text)
    assert "built-in" in browser.get(PLACE.rpartition("/frame")[0]).text  # nothing was saved


def test_a_frame_that_fails_never_goes_live(small_office: Office):
    browser = small_office.logged_in()
    bad = OWN.replace("<mj-head>", "<mj-include path='/etc/passwd'/><mj-head>")
    answer = browser.post(PLACE, version="0", body=bad)
    assert answer.status_code == 422
    assert "Frame, line 2: mj-include cannot be used" in unescape(alert(answer))
    assert "/etc/passwd" in answer.text  # what was typed is not lost
    assert "your own" not in browser.get("/settings/messages").text


def test_without_the_extra_the_editor_says_so_and_takes_none(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
):
    browser = small_office.logged_in()
    sentence = 'MJML needs pip install "purvey[mjml]".'
    assert sentence not in unescape(browser.get(PLACE).text)
    assert browser.post(PLACE, version="0", body=OWN).status_code == 303
    monkeypatch.setitem(sys.modules, "mjml", None)
    assert sentence in unescape(browser.get(PLACE).text)
    assert sentence in unescape(browser.post(f"{PLACE}/preview", body=OWN).text)
    answer = browser.post(PLACE, version="1", body=OWN)
    assert answer.status_code == 422
    assert sentence in unescape(alert(answer))
    # What was in use is shown as it is sent now: without the frame.
    shown = browser.post("/settings/messages/confirmation/en/preview", **CONFIRMATION)
    assert "We pack it." in shown.text
    assert "Mugs of" not in shown.text


def test_there_is_one_frame_for_all_languages(small_office: Office):
    browser = small_office.logged_in()
    assert browser.get("/settings/messages/frame/de").status_code == 404
    assert browser.get("/settings/messages/confirmation/all").status_code == 404


@pytest.mark.parametrize("role", ["viewer", "clerk", "picker"])
def test_others_may_not(small_office: Office, role: str):
    browser = small_office.logged_in("Bo", role=role)
    assert browser.get(PLACE).status_code == 403
    assert browser.post(PLACE, version="0", body=OWN).status_code == 403
