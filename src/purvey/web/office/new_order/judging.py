"""What there is to say about an order while it is written: prices, stock, sums, and what is wrong
with it, each at its field. The same checks look at it again when it is placed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from purvey.adapters.files.fingerprint import fingerprinted
from purvey.domain.availability import availability
from purvey.domain.checks import Desk, check_against_catalogue, check_draft
from purvey.domain.draft import Draft, DraftLine, Finding, PaymentChoice
from purvey.kit.frozen import evolve
from purvey.ports.storage import ShippingMethod
from purvey.queries.desk import shipping_methods
from purvey.queries.shelves import Offered, offered
from purvey.web.api.drafts import address_of, contact_of, draft_of
from purvey.web.api.order_shapes import AddressIn, ContactIn
from purvey.web.office.door import Visitor
from purvey.web.office.new_order.agreed import Agreed, AgreedLine, agreed_in
from purvey.web.office.new_order.lines_shown import ShownLine, shown_line
from purvey.web.office.new_order.own_checks import Look, own_problems
from purvey.web.office.new_order.reading import Json, content_of, field_of
from purvey.web.office.new_order.sums import Sums, sums_of
from purvey.web.office.new_order.written import Written
from purvey.web.problems import Problem

OURS = frozenset({"price_differs"})  # asked for with a right and a reason, see own_checks
OVERRIDE = "prices:override"
UNTIL_ASKED = frozenset({"missing", "address_incomplete", "address_missing", "too_short"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """`problems` have to be mended, with `holds` a person looks at the order first: sentences by
    field. `draft` is None while something has no readable form."""

    written: Written
    lines: Sequence[ShownLine]
    sums: Sums
    methods: Sequence[ShippingMethod]
    problems: Mapping[str, str] = field(default_factory=dict)
    holds: Mapping[str, str] = field(default_factory=dict)
    draft: Draft | None = None


def judge(visitor: Visitor, written: Written, *, key: str, asked: bool = False) -> Judged:
    """`asked`: it is to be placed, so that what is still missing is told, too."""
    house = visitor.house
    with visitor.reading() as sql:
        here = written["location"] if written.at_counter else ""
        offers = offered(sql, {line.sku for line in written.lines}, at=here)
        methods = shipping_methods(sql)
        agreed = agreed_in(sql, written, today=house.clock().date())
    content = content_of(written, currency=house.settings.currency)
    lines = _lines(visitor, written, offers, methods)
    draft, wrong = _draft(visitor, lines, content, key=key, agreed=agreed)
    draft = draft and _from_here(draft, written)
    sums = sums_of(written, lines, methods=methods, currency=house.settings.currency)
    findings = _findings(visitor, draft, content, offers=offers, total=sums.total)
    told = [x for x in findings if (asked or x.code not in UNTIL_ASKED) and x.code not in OURS]
    look = Look(
        written=written,
        lines=lines,
        agreed=agreed,
        sums=sums,
        may_override=visitor.may(OVERRIDE),
        currency=house.settings.currency,
        asked=asked,
    )
    problems = {
        **{field_of(x["pointer"]): x["detail"] for x in wrong if asked or _is_told(x)},
        **{field_of(x.field): x.sentence for x in told if x.severity == "refuse"},
        **dict(own_problems(look)),
    }
    holds = {field_of(x.field): x.sentence for x in told if x.severity == "hold"}
    return Judged(
        written=written,
        lines=lines,
        sums=sums,
        methods=methods,
        problems=problems,
        holds={name: words for name, words in holds.items() if name not in problems},
        draft=draft,
    )


def _is_told(error: Mapping[str, str]) -> bool:
    """Nobody hears of what is not written yet, before the order is to be placed."""
    return error["code"] not in UNTIL_ASKED and error["pointer"] != "/lines"


def _draft(
    visitor: Visitor, shown: Sequence[ShownLine], content: Json, *, key: str, agreed: Agreed
) -> tuple[Draft | None, Sequence[Mapping[str, str]]]:
    """The draft as it will be received, or what does not fit."""
    try:
        draft = draft_of(content, visitor.house.policies, actor=visitor.actor, key=key)
    except Problem as problem:
        return None, problem.errors
    kept = agreed.among(shown)
    lines = tuple(
        _with_reason(line, typed, kept.get(typed.no), agreed)
        for line, typed in zip(draft.lines, shown, strict=True)
    )
    return evolve(draft, lines=lines), ()


def _with_reason(
    line: DraftLine, typed: ShownLine, kept: AgreedLine | None, agreed: Agreed
) -> DraftLine:
    if line.unit_price is None:
        return line
    if kept is not None:
        return evolve(line, price_reason=agreed.reason, list_price=kept.listed)
    return evolve(line, price_reason=typed.written.reason or None)


def _from_here(draft: Draft, written: Written) -> Draft:
    """At the counter: from the shelf at hand."""
    here = written["location"] if written.at_counter else None
    return fingerprinted(evolve(draft, shipping=evolve(draft.shipping, location=here or None)))


def _findings(
    visitor: Visitor,
    draft: Draft | None,
    content: Json,
    *,
    offers: Mapping[str, Offered],
    total: int,
) -> list[Finding]:
    if draft is None:
        return _of_who_and_where(visitor, content)
    products = {sku: offer.product for sku, offer in offers.items()}
    desk = Desk(products=products, policies=visitor.house.policies, total=total)
    return [*draft.findings, *check_against_catalogue(draft, desk)]


def _of_who_and_where(visitor: Visitor, content: Json) -> list[Finding]:
    """While the rest is not readable yet: what the checks say of contact and address."""
    try:
        contact = ContactIn.model_validate(content["customer"] or {})
        address = AddressIn.model_validate(content["ship_to"] or {})
    except ValueError:
        return []  # told as errors of their fields
    draft = Draft(
        channel=content["channel"],
        currency=content["currency"],
        customer=contact_of(contact),
        ship_to=address_of(address) if content["ship_to"] else None,
        lines=(),
        payment=PaymentChoice(method="cash"),
        fingerprint="",
    )
    return list(check_draft(draft, visitor.house.policies))


def _lines(
    visitor: Visitor,
    written: Written,
    offers: Mapping[str, Offered],
    methods: Sequence[ShippingMethod],
) -> list[ShownLine]:
    method = next((one for one in methods if one.code == written["method"]), None)
    wanted: dict[str, int] = {}
    shown = []
    for no, line in enumerate(written.lines):
        units = int(line.units) if line.units.isdecimal() and len(line.units) <= 9 else 0
        before = wanted.get(line.sku, 0)  # lines of one product share what there is
        wanted[line.sku] = before + units
        offer = offers.get(line.sku)
        had = availability(before + units, offer.shelf) if offer and units else None
        currency, today = visitor.house.settings.currency, visitor.house.clock().date()
        shown.append(
            shown_line(line, offer, no=no, had=had, method=method, currency=currency, today=today)
        )
    return shown
