"""Change what a shop decides for itself, in a page instead of a file. The journal says who did.

Whether a value can be is asked before (setting_parts.py): here it is only kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.people import note
from purvey.ports.storage import Transaction

# What needs no new start and locks nobody out. Adapters, addresses and secrets stay in the file, so
# do the limits above which two people are needed: nobody can lift them in a page for a moment.
CHANGEABLE = frozenset(
    {
        "shop_name",
        "language",
        "time_zone",
        "price_differs",
        "short_stock",
        "amount_limit",
        "quantity_limit",
        "hold_hours",
        "hold_expiry",
        "bank_transfer_days",
        "payment_retry_days",
        "close_after_days",
        "return_days",
        "return_send_days",
        "return_shipping",
        "return_instructions",
        "duplicate_minutes",
        "message_wait_seconds",
        "quiet_hours",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSetting:
    """None is the default. `was`: what the page showed before."""

    name: str
    value: str | None
    was: str | None


def change_settings(
    tx: Transaction, wishes: Sequence[NewSetting], *, act: Act
) -> list[NewSetting | Refusal]:
    """They hold for what happens from now on."""
    tx.settings.lock()
    known = tx.settings.read()
    answers = [_change(known, wish) for wish in wishes]
    done = [answer for answer in answers if isinstance(answer, NewSetting)]
    tx.settings.put({x.name: x.value for x in done if x.value is not None})
    tx.settings.drop([x.name for x in done if x.value is None])
    tx.people.note([note(act, x.name, deed="changed setting", detail=_how(x)) for x in done])
    return answers


def _change(known: dict[str, str], wish: NewSetting) -> NewSetting | Refusal:
    if wish.name not in CHANGEABLE:
        return Refusal("not_changeable", f"{wish.name} is set in the file or the environment.")
    if known.get(wish.name) != wish.was:
        return Refusal("changed_meanwhile", "Somebody else changed it meanwhile: look at it again.")
    if wish.value is None:
        known.pop(wish.name, None)
    else:
        known[wish.name] = wish.value
    return wish


def _how(wish: NewSetting) -> str:
    before, after = (_said(text) for text in (wish.was, wish.value))
    return f"{before} to {after}"


def _said(text: str | None) -> str:
    return "the default" if text is None else text or "nothing"
