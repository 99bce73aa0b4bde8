"""The formats that can be read, and what holds for the orders of each."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from purvey.adapters.files.online_retail import read_online_retail
from purvey.adapters.files.order_csv import Defaults, read_order_csv
from purvey.adapters.files.outcomes import OrderOf, Outcome
from purvey.config import Settings
from purvey.domain.checks import check_draft
from purvey.domain.policies import Policies
from purvey.kit.frozen import evolve

WITHOUT_CARRIER = "pickup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """`read` yields what the file holds; `policies` are those under which its orders are received.

    `makes_products`: unknown products are made without being asked for.
    """

    name: str
    read: Callable[[Path, Settings, Policies], Iterator[Outcome]]
    policies: Callable[[Policies], Policies]
    makes_products: bool

    @property
    def actor(self) -> str:
        """As history and the stock ledger name it."""
        return f"import {self.name}"


def _online_retail(path: Path, settings: Settings, policies: Policies) -> Iterator[Outcome]:
    """No draft checks: the file has no addresses and nobody to write to.

    For the same reason no carrier is involved: what was invoiced years ago must not buy labels.
    """
    for outcome in read_online_retail(path):
        if isinstance(outcome, OrderOf):
            draft = outcome.draft
            shipping = evolve(draft.shipping, method=WITHOUT_CARRIER)
            yield evolve(outcome, draft=evolve(draft, shipping=shipping))
        else:
            yield outcome


def _as_invoiced(policies: Policies) -> Policies:
    """What was invoiced years ago needs nobody's confirmation: taken at its prices and sizes."""
    return evolve(
        policies,
        price_differs="take",
        amount_limit=None,
        quantity_limit=None,
        severities={**policies.severities, "likely_duplicate": "note"},
    )


def _csv(path: Path, settings: Settings, policies: Policies) -> Iterator[Outcome]:
    """Checked as orders from any other channel are, before the transaction begins."""
    for outcome in read_order_csv(path, defaults=Defaults(currency=settings.currency)):
        if isinstance(outcome, OrderOf):
            draft = evolve(outcome.draft, findings=check_draft(outcome.draft, policies))
            yield evolve(outcome, draft=draft)
        else:
            yield outcome


def _as_the_shop_says(policies: Policies) -> Policies:
    return policies


FORMATS = {
    "online-retail": Format(
        name="online-retail", read=_online_retail, policies=_as_invoiced, makes_products=True
    ),
    "csv": Format(name="csv", read=_csv, policies=_as_the_shop_says, makes_products=False),
}
