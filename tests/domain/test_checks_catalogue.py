"""The order against products, total and a likely duplicate: one order for each finding."""

from dataclasses import dataclass
from typing import Any

import pytest

from purvey.domain.checks import Desk, check_against_catalogue, check_draft
from purvey.domain.draft import Draft, DraftLine, Finding
from purvey.domain.policies import Policies
from tests.domain.drafts import a_draft


@dataclass(frozen=True, kw_only=True)
class AProduct:
    sku: str = "85123A"
    price: int = 255
    currency: str = "GBP"
    active: bool = True


def codes(draft: Draft, *products: AProduct, **desk: Any) -> list[tuple[str, str, str]]:
    return [(f.code, f.field, f.severity) for f in findings(draft, *products, **desk)]


def findings(draft: Draft, *products: AProduct, **desk: Any) -> tuple[Finding, ...]:
    known = {product.sku: product for product in products}
    parts: dict[str, Any] = {"products": known, "policies": Policies(), "total": 1530, **desk}
    return check_against_catalogue(draft, Desk(**parts))


def test_an_order_at_the_catalogue_price_has_no_findings() -> None:
    assert codes(a_draft(), AProduct()) == []


def test_an_unknown_product_is_refused() -> None:
    assert codes(a_draft()) == [("unknown_sku", "/lines/0/sku", "refuse")]


def test_a_product_that_is_no_longer_sold_is_refused() -> None:
    found = codes(a_draft(), AProduct(active=False))
    assert found == [("inactive_sku", "/lines/0/sku", "refuse")]


def test_another_currency_is_refused_and_prices_are_then_not_compared() -> None:
    found = codes(a_draft(currency="EUR"), AProduct(price=999))
    assert found == [("currency_mismatch", "/lines/0/sku", "refuse")]


@pytest.mark.parametrize(("policy", "severity"), [("hold", "hold"), ("refuse", "refuse")])
def test_a_price_that_differs_follows_the_policy(policy: str, severity: str) -> None:
    found = codes(a_draft(), AProduct(price=300), policies=Policies(price_differs=policy))  # type: ignore[arg-type]
    assert found == [("price_differs", "/lines/0/unit_price", severity)]


def test_a_shop_may_take_any_price() -> None:
    assert codes(a_draft(), AProduct(price=300), policies=Policies(price_differs="take")) == []


def test_no_price_is_the_catalogue_price() -> None:
    draft = a_draft(lines=(DraftLine(sku="85123A", quantity=1),))
    assert codes(draft, AProduct(price=300)) == []


def test_the_pointer_names_the_line() -> None:
    lines = (DraftLine(sku="85123A", quantity=1), DraftLine(sku="nothing", quantity=1))
    assert codes(a_draft(lines=lines), AProduct()) == [("unknown_sku", "/lines/1/sku", "refuse")]


def test_a_likely_duplicate_is_held_and_names_the_other_order() -> None:
    (finding,) = findings(a_draft(), AProduct(), lookalike_number=1007)
    assert (finding.code, finding.severity) == ("likely_duplicate", "hold")
    assert "1007" in finding.sentence


def test_an_order_above_the_amount_limit_is_held() -> None:
    policies = Policies(amount_limit=1529)
    found = codes(a_draft(), AProduct(), policies=policies)
    assert found == [("amount_above_limit", "", "hold")]
    assert codes(a_draft(), AProduct(), policies=Policies(amount_limit=None)) == []
    assert codes(a_draft(), AProduct(), policies=Policies(amount_limit=1530)) == []


def test_a_quantity_above_the_limit_is_held() -> None:
    jars = a_draft(lines=(DraftLine(sku="23166", quantity=74_215, unit_price=104),))
    (finding,) = check_draft(jars, Policies())
    assert (finding.code, finding.field) == ("quantity_above_limit", "/lines/0/quantity")
    assert finding.severity == "hold"
    assert check_draft(jars, Policies(quantity_limit=None)) == ()


@pytest.mark.parametrize(
    "bad",
    [
        {"price_differs": "ask"},
        {"short_stock": "sell"},
        {"hold_expiry": "never"},
        {"hold_hours": -1},
        {"severities": {"email_invalid": "ignore"}},
    ],
)
def test_a_policy_that_means_nothing_is_refused_at_once(bad: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        Policies(**bad)
