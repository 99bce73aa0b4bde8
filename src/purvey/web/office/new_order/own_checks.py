"""What only the desk knows of an order: rights and reasons, the cash on the counter, the shelf.

Each check is one function: the field, and a sentence. What holds for every order, however it comes
in, is in domain/checks.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from purvey.domain.availability import Had
from purvey.domain.money import to_text
from purvey.web.office.new_order.agreed import Agreed
from purvey.web.office.new_order.lines_shown import ShownLine
from purvey.web.office.new_order.sums import Sums
from purvey.web.office.new_order.written import Written

Found = Iterator[tuple[str, str]]
NO_RIGHT = "Your role may not sell at another price; leave it empty for the catalogue's."
NO_REASON = "Say why it is another price than the catalogue's."


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """`asked`: it is to be placed, so that what is still missing is told, too."""

    written: Written
    lines: Sequence[ShownLine]
    agreed: Agreed
    sums: Sums
    may_override: bool
    currency: str
    asked: bool


def stock(look: Look) -> Found:
    for line in look.lines:
        if line.had and line.had.had == Had.NOT:
            yield f"units-{line.no}", line.sentence


def quote(look: Look) -> Found:
    if look.agreed.problem:
        yield "order", look.agreed.problem


def prices(look: Look) -> Found:
    agreed = look.agreed.among(look.lines)
    for line in look.lines:
        if line.no in agreed:
            continue
        if line.is_overridden and not look.may_override:
            yield f"price-{line.no}", NO_RIGHT
        elif line.is_overridden and look.asked and not line.written.reason:
            yield f"reason-{line.no}", NO_REASON


def discount(look: Look) -> Found:
    if not look.written["discount"]:
        return
    agreed = look.agreed.covers_discount(look.lines, look.sums.discount)
    if not look.may_override and not agreed:
        yield "discount", "Your role may not give discounts."
    elif look.asked and not look.written["discount_reason"]:
        yield "discount_reason", "Say what the discount is for."


def missing(look: Look) -> Found:
    if not look.asked:
        return
    if not look.lines:
        yield "lines", "Add at least one product."
    if look.written["pay"] == "card" and not look.written["token"]:
        yield "token", "Write the token that the gateway gave for the card."


def cash(look: Look) -> Found:
    written, change = look.written, look.sums.change
    if not (written.at_counter and written["pay"] == "cash"):
        return
    if written["given"] and look.sums.given is None:
        yield "given", 'Write the amount like "20.00".'
    elif change is not None and change < 0 and look.asked:
        yield "given", f"{to_text(-change, look.currency)} {look.currency} are missing."


CHECKS: tuple[Callable[[Look], Found], ...] = (stock, quote, prices, discount, missing, cash)


def own_problems(look: Look) -> list[tuple[str, str]]:
    return [found for check in CHECKS for found in check(look)]
