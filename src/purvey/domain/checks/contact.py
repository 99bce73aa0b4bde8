"""Can we reach the customer? E-mail and phone, and that there is one of them where it matters."""

import re
from collections.abc import Iterator
from functools import lru_cache

from purvey.domain.draft import Draft, Finding
from purvey.domain.policies import Policies, Severity

ONLINE = frozenset({"web"})
SOMEBODY_CAN_CORRECT_IT = frozenset({"web", "phone", "store"})  # a person sees the answer at once
REMEMBERED = 4_096  # contacts; about 1 MB each for e-mail and phone, all regulars of a small shop


def reachable(draft: Draft, policies: Policies) -> Iterator[Finding]:
    """Whoever orders online stands at no counter: without e-mail or phone we cannot ask back."""
    if draft.channel in ONLINE and not (draft.customer.email or draft.customer.phone):
        code = "contact_missing"
        sentence = "An online order needs an e-mail address or a phone number of the customer."
        yield Finding(code, "/customer", sentence, policies.severity(code, "hold"))


def email(draft: Draft, policies: Policies) -> Iterator[Finding]:
    """Refused where somebody can correct it now; held where the order was placed elsewhere."""
    text = draft.customer.email
    wrong = _wrong_with_email(text) if text else None
    if wrong:
        default: Severity = "refuse" if draft.channel in SOMEBODY_CAN_CORRECT_IT else "hold"
        code = "email_invalid"
        yield Finding(code, "/customer/email", wrong, policies.severity(code, default))


def phone(draft: Draft, policies: Policies) -> Iterator[Finding]:
    """Only a note while there is an e-mail address to ask at."""
    text = draft.customer.phone
    wrong = _wrong_with_phone(text, _region(draft)) if text else None
    if wrong:
        default: Severity = "note" if draft.customer.email else "hold"
        code = "phone_invalid"
        yield Finding(code, "/customer/phone", wrong, policies.severity(code, default))


def _region(draft: Draft) -> str | None:
    return draft.ship_to.country if draft.ship_to else None


# What nearly all addresses look like, and the library takes without exception. Whatever does not
# fit is no mistake yet: the library decides.
_ORDINARY = re.compile(
    r"(?=[^@]{1,64}@)[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@(?=.{1,180}\Z)"
    r"(?:[a-z0-9](?:-?[a-z0-9]){0,30}\.){1,4}(?:com|net|org|[a-z]{2})\Z",
    re.IGNORECASE | re.ASCII,
)


@lru_cache(REMEMBERED)  # 1 us for ordinary ones, 22 us for others; then 0.1
def _wrong_with_email(text: str) -> str | None:
    if _ORDINARY.match(text):
        return None
    from email_validator import EmailNotValidError, validate_email

    try:
        # test_environment: addresses at .test, which demos and test shops use, are fine.
        validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return _what_is_missing(text)
    return None


def _what_is_missing(text: str) -> str:
    """In our own words: the library's messages quote the address."""
    name, at, domain = text.rpartition("@")
    if not at:
        return "The e-mail address has no @; write it like name@example.com."
    if "." not in domain.strip("."):
        return "The e-mail address has no full domain after the @; write it like name@example.com."
    if "@" in name:
        return "The e-mail address has more than one @; give one address like name@example.com."
    return "No mail can be sent to this e-mail address; write it like name@example.com."


@lru_cache(REMEMBERED)  # 30 us the first time, then 0.1
def _wrong_with_phone(text: str, region: str | None) -> str | None:
    """Only the length is judged: numbering plans change faster than any list of them."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return _like(region)
    reason = phonenumbers.is_possible_number_with_reason(number)
    return None if reason == phonenumbers.ValidationResult.IS_POSSIBLE else _like(region)


def _like(region: str | None) -> str:
    import phonenumbers

    example = phonenumbers.example_number(region or "GB") or phonenumbers.example_number("GB")
    international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
    shown = phonenumbers.format_number(example, international) if example else "+44 20 7946 0000"
    return f"This is not a whole phone number; write it with its country code, like {shown}."
