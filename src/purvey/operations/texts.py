"""Change what messages say. A text that fails on any sample order never goes live."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.people import note
from purvey.ports.notices import ShopText
from purvey.ports.storage import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class TextChange:
    """`version` is the one that was looked at (0: the built-in one). Without a body: back to the
    built-in text."""

    message: str
    language: str
    version: int
    subject: str | None = None
    title: str | None = None
    body: str | None = None


Check = Callable[[TextChange], Refusal | None]


def save_texts(
    tx: Transaction, changes: Sequence[TextChange], *, act: Act, check: Check
) -> list[ShopText | Refusal]:
    """Each becomes the next version and counts at once; `check` tries it on sample orders."""
    return [_save(tx, change, act, check) for change in changes]


def _save(tx: Transaction, change: TextChange, act: Act, check: Check) -> ShopText | Refusal:
    refusal = check(change) if change.body is not None else None
    if refusal is not None:
        return refusal
    text = ShopText(
        message=change.message,
        language=change.language,
        version=change.version + 1,
        subject=change.subject,
        title=change.title,
        body=change.body,
        actor=act.actor,
        at=act.now,
    )
    known = tx.texts.versions(change.message, change.language)
    if (known[0].version if known else 0) != change.version or not tx.texts.add([text]):
        return Refusal("changed_meanwhile", "Somebody changed this text in the meantime.")
    deed = "went back to the built-in text of" if text.is_built_in else "changed the text of"
    subject = f"{change.message} ({change.language})"
    tx.people.note([note(act, subject, deed=deed, detail=f"version {text.version}")])
    return text
