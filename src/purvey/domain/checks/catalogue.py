"""The order against what the transaction has read: products, total, a likely duplicate."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from purvey.domain.draft import Draft, DraftLine, Finding
from purvey.domain.money import to_text
from purvey.domain.policies import Policies, Severity

TYPED = frozenset({"phone", "store", "email"})  # channels in which a person writes the prices


class Priced(Protocol):
    """What the checks want to know about a product."""

    @property
    def sku(self) -> str: ...
    @property
    def price(self) -> int: ...
    @property
    def currency(self) -> str: ...
    @property
    def active(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What lies on the desk of whoever decides about one order.

    `products` has at least those that the order names and the shop has. `total` is in minor units.
    `lookalike_number` is the number of an earlier order of the last `policies.duplicate_minutes`
    with the same customer, lines and amount.
    """

    products: Mapping[str, Priced]
    policies: Policies
    total: int
    lookalike_number: int | None = None


def unknown_sku(draft: Draft, desk: Desk) -> Iterator[Finding]:
    for index, line in enumerate(draft.lines):
        if line.sku not in desk.products:
            sentence = "There is no product with this SKU; use one of the catalogue."
            yield _at_sku(desk, index, "unknown_sku", sentence)


def inactive_sku(draft: Draft, desk: Desk) -> Iterator[Finding]:
    for index, _, product in _known(draft, desk):
        if not product.active:
            yield _at_sku(desk, index, "inactive_sku", f"{product.sku} is no longer sold.")


def currency_mismatch(draft: Draft, desk: Desk) -> Iterator[Finding]:
    for index, _, product in _known(draft, desk):
        if product.currency != draft.currency:
            sentence = f"{product.sku} is sold in {product.currency}, not in {draft.currency}."
            yield _at_sku(desk, index, "currency_mismatch", sentence)


def price_differs(draft: Draft, desk: Desk) -> Iterator[Finding]:
    """Taken without a word, held or refused: the shop's policy. A price that somebody gave a reason
    for is no mistake, nor one that was agreed at the time of a quote."""
    policy = desk.policies.price_differs
    if policy == "take":
        return
    for index, line, product in _known(draft, desk):
        if line.price_reason or line.unit_price in (None, _listed(line, product)):
            continue
        if product.currency == draft.currency:
            price = f"{to_text(product.price, product.currency)} {product.currency}"
            sentence = f"{product.sku} costs {price} in the catalogue; the order says otherwise."
            yield _finding(desk, "price_differs", f"/lines/{index}/unit_price", sentence, policy)


def price_override(draft: Draft, desk: Desk) -> Iterator[Finding]:
    """Where a person types the prices, another person looks at what is given away above a limit."""
    limit = desk.policies.price_override_above
    if limit is None or draft.channel not in TYPED:
        return
    given = sum(discount.amount for discount in draft.discounts)
    for _, line, product in _known(draft, desk):
        if line.unit_price is not None and product.currency == draft.currency:
            given += max(0, _listed(line, product) - line.unit_price) * line.quantity
    if given > limit:
        less = f"{to_text(given, draft.currency)} {draft.currency}"
        sentence = f"The prices are {less} below the catalogue's: another person approves that."
        yield _finding(desk, "price_override", "/lines", sentence, "hold")


def likely_duplicate(draft: Draft, desk: Desk) -> Iterator[Finding]:
    """Two equal orders within the hour are more often a second click than a second wish."""
    if desk.lookalike_number is not None:
        minutes = desk.policies.duplicate_minutes
        sentence = (
            f"Order {desk.lookalike_number} has the same customer, lines and amount and came less"
            f" than {minutes} minutes before."
        )
        yield _finding(desk, "likely_duplicate", "", sentence, "hold")


def amount_above_limit(draft: Draft, desk: Desk) -> Iterator[Finding]:
    limit = desk.policies.amount_limit
    if limit is not None and desk.total > limit:
        most = f"{to_text(limit, draft.currency)} {draft.currency}"
        sentence = f"The order is worth more than {most}: a person confirms such orders."
        yield _finding(desk, "amount_above_limit", "", sentence, "hold")


def _known(draft: Draft, desk: Desk) -> list[tuple[int, DraftLine, Priced]]:
    find = desk.products.get
    return [
        (no, line, product) for no, line in enumerate(draft.lines) if (product := find(line.sku))
    ]


def _listed(line: DraftLine, product: Priced) -> int:
    return product.price if line.list_price is None else line.list_price


def _at_sku(desk: Desk, index: int, code: str, sentence: str) -> Finding:
    return _finding(desk, code, f"/lines/{index}/sku", sentence, "refuse")


def _finding(desk: Desk, code: str, pointer: str, sentence: str, default: Severity) -> Finding:
    return Finding(code, pointer, sentence, desk.policies.severity(code, default))
