"""Can we reach the customer? One order for each finding, and one that passes beside it."""

import pytest
from email_validator import validate_email
from hypothesis import given
from hypothesis import strategies as st

from purvey.domain.checks import check_draft, contact
from purvey.domain.draft import Contact, Draft, Finding
from purvey.domain.policies import Policies
from tests.domain.drafts import a_draft


def findings(draft: Draft, **policies: object) -> list[Finding]:
    return list(check_draft(draft, Policies(**policies)))  # type: ignore[arg-type]


def codes(draft: Draft, **policies: object) -> list[tuple[str, str, str]]:
    return [(f.code, f.field, f.severity) for f in findings(draft, **policies)]


def test_a_clean_order_has_no_findings() -> None:
    assert findings(a_draft()) == []


def test_an_online_order_without_email_and_phone_is_held() -> None:
    nobody = a_draft(customer=Contact(name="Ann Lee"))
    assert codes(nobody) == [("contact_missing", "/customer", "hold")]


@pytest.mark.parametrize("channel", ["phone", "store", "email", "import", "edi"])
def test_other_channels_need_neither(channel: str) -> None:
    assert findings(a_draft(channel=channel, customer=Contact())) == []


@pytest.mark.parametrize(
    "email",
    [
        "ann",
        "ann@",
        "@example.com",
        "ann@localhost",
        "ann@b@example.com",
        "ann lee@example.com",
        "Ann <ann@example.com>",
        "ann@example..com",
        "ann@shop.invalid",
        "ann@[10.0.0.1]",
    ],
)
def test_an_email_that_no_server_takes_is_refused_at_the_door(email: str) -> None:
    draft = a_draft(customer=Contact(email=email))
    assert codes(draft) == [("email_invalid", "/customer/email", "refuse")]


@pytest.mark.parametrize(
    "email", ["ann@example.com", "a.b+c@shop.test", "jörg@müller.example.com", "x@example.org"]
)
def test_test_domains_and_names_of_the_world_are_fine(email: str) -> None:
    assert findings(a_draft(customer=Contact(email=email))) == []


@pytest.mark.parametrize("channel", ["import", "edi", "email", "amazon"])
def test_where_nobody_can_correct_it_a_bad_email_is_held(channel: str) -> None:
    draft = a_draft(channel=channel, customer=Contact(email="ann"))
    assert codes(draft) == [("email_invalid", "/customer/email", "hold")]


@pytest.mark.parametrize("phone", ["12", "0000", "call me", "+44 1", "+999 123456789"])
def test_a_phone_number_that_cannot_be_whole_is_held_when_it_is_all_we_have(phone: str) -> None:
    draft = a_draft(customer=Contact(phone=phone))
    assert codes(draft) == [("phone_invalid", "/customer/phone", "hold")]


def test_beside_an_email_a_bad_phone_number_is_a_note() -> None:
    draft = a_draft(customer=Contact(email="ann@example.com", phone="12"))
    assert codes(draft) == [("phone_invalid", "/customer/phone", "note")]


@pytest.mark.parametrize(
    "phone",
    ["+442079460000", "020 7946 0000", "07700 900123", "+1 (212) 555-0100", "+49 30 901820"],
)
def test_national_numbers_are_read_by_the_country_of_the_parcel(phone: str) -> None:
    assert findings(a_draft(customer=Contact(phone=phone))) == []


def test_a_national_number_without_a_country_asks_for_the_country_code() -> None:
    draft = a_draft(customer=Contact(phone="020 7946 0000"), ship_to=None)
    phone = [f for f in findings(draft) if f.code == "phone_invalid"]
    assert "country code" in phone[0].sentence


def test_a_shop_may_take_a_finding_more_or_less_gravely() -> None:
    draft = a_draft(customer=Contact(email="ann"))
    assert codes(draft, severities={"email_invalid": "note"})[0][2] == "note"


def test_no_sentence_quotes_the_customer() -> None:
    draft = a_draft(customer=Contact(email="secret.name@b@c", phone="987654321098765432"))
    sentences = " ".join(finding.sentence for finding in findings(draft))
    assert sentences
    assert "secret" not in sentences
    assert "98765" not in sentences


@given(email=st.text(), phone=st.text(), country=st.none() | st.text())
def test_no_text_makes_a_check_raise(email: str, phone: str, country: str | None) -> None:
    draft = a_draft(customer=Contact(email=email, phone=phone), ship_to={"country": country})
    for finding in findings(draft):
        assert finding.severity in ("note", "hold", "refuse")


WORDS = st.from_regex(r"[a-zA-Z0-9_+-]{1,40}", fullmatch=True)
LABELS = st.from_regex(r"[a-zA-Z0-9-]{1,40}", fullmatch=True)
ENDS = st.sampled_from(["com", "org", "uk", "zz", "test", "x", "local"])


@given(
    local=st.lists(WORDS, min_size=1, max_size=4),
    domain=st.lists(LABELS, min_size=1, max_size=4),
    end=ENDS,
)
def test_what_is_taken_at_a_glance_is_taken_by_the_library(local, domain, end):
    text = f"{'.'.join(local)}@{'.'.join([*domain, end])}"
    if contact._ORDINARY.match(text):
        validate_email(text, check_deliverability=False)
