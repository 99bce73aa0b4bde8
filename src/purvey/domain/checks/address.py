"""Can a parcel be delivered there? Fields, region and postal code, by the country's own rules."""

from collections.abc import Iterator

from purvey.domain.checks.rulebook import Rulebook, rulebook
from purvey.domain.draft import Address, Draft, Finding
from purvey.domain.policies import Policies, Severity

NOT_SHIPPED = frozenset({"pickup"})
WORDS = {
    "line1": "street and house number",
    "city": "city",
    "region": "region (state, province or county)",
    "postal_code": "postal code",
}


def address(draft: Draft, policies: Policies) -> Iterator[Finding]:
    if draft.shipping.method in NOT_SHIPPED:
        return
    if draft.ship_to is None:
        sentence = "An order that is shipped needs an address to ship to."
        yield _finding(policies, "address_missing", "", sentence)
        return
    yield from address_findings(draft.ship_to, policies)


def address_findings(ship_to: Address, policies: Policies) -> list[Finding]:
    """All that is wrong at once, so that it is corrected at once. Also for a changed address."""
    book = rulebook(ship_to.country or "", ship_to.region or "")
    if book is None:
        return [_no_country(ship_to, policies)]
    return [
        *_missing_fields(ship_to, book, policies),
        *_region(ship_to, book, policies),
        *_postal_code(ship_to, book, policies),
    ]


def _no_country(ship_to: Address, policies: Policies) -> Finding:
    if not (ship_to.country or "").strip():
        sentence = "The address has no country; write its two-letter code, such as GB."
        return _finding(policies, "address_incomplete", "/country", sentence)
    sentence = "This is no country code; write two letters by ISO 3166-1, such as GB."
    return _finding(policies, "country_unknown", "/country", sentence)


def _missing_fields(ship_to: Address, book: Rulebook, policies: Policies) -> Iterator[Finding]:
    for name in book.required:
        if not (getattr(ship_to, name) or "").strip():
            sentence = f"The address has no {WORDS[name]}; addresses in {book.country} need it."
            yield _finding(policies, "address_incomplete", f"/{name}", sentence)


def _region(ship_to: Address, book: Rulebook, policies: Policies) -> Iterator[Finding]:
    """Where mail is delivered without a region, a wrong one is only a note."""
    if ship_to.region and ship_to.region.strip() and book.regions and not book.region_known:
        severity: Severity = "hold" if "region" in book.required else "note"
        sentence = f"This is no region of {book.country}; write it like {book.regions[0]}."
        yield _finding(policies, "region_unknown", "/region", sentence, severity)


def _postal_code(ship_to: Address, book: Rulebook, policies: Policies) -> Iterator[Finding]:
    code = (ship_to.postal_code or "").strip()
    if not code or book.takes(code):
        return
    if book.country_takes(code):
        sentence = "The postal code lies in another region than the one given; correct either."
    else:
        like = f"; one looks like {book.example}" if book.example else ""
        sentence = f"This is no postal code of {book.country}{like}."
    yield _finding(policies, "postal_code_mismatch", "/postal_code", sentence)


def _finding(
    policies: Policies, code: str, field: str, sentence: str, default: Severity = "hold"
) -> Finding:
    return Finding(code, f"/ship_to{field}", sentence, policies.severity(code, default))
