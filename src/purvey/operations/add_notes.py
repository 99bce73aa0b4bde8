"""Write something down about an order, for colleagues. It changes nothing of the order itself."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.ports.order_notes import OrderNote
from purvey.ports.storage import Transaction

MAX_LENGTH = 2_000
MAX_NOTES = 200  # of one order: all of them are shown on its page


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    order_id: str
    body: str


def add_notes(tx: Transaction, notes: Sequence[NewNote], *, act: Act) -> list[OrderNote | Refusal]:
    counts = Counter(tx.order_notes.counts({note.order_id for note in notes}))
    answers: list[OrderNote | Refusal] = []
    for note in notes:
        refusal = _refuse(note, counts)
        if refusal is None:
            counts[note.order_id] += 1
        answers.append(refusal or _made(note, act))
    tx.order_notes.add([answer for answer in answers if isinstance(answer, OrderNote)])
    return answers


def _refuse(note: NewNote, counts: Counter[str]) -> Refusal | None:
    if note.order_id not in counts:
        return Refusal("not_found", "There is no such order.")
    body = note.body.strip()
    if not body:
        return Refusal("missing", "Write the note first.", pointer="/note")
    if len(body) > MAX_LENGTH:
        sentence = f"A note has at most {MAX_LENGTH:,} characters; this one has {len(body):,}."
        return Refusal("too_long", sentence, pointer="/note")
    if counts[note.order_id] >= MAX_NOTES:
        return Refusal("too_many_notes", f"An order has at most {MAX_NOTES} notes.")
    return None


def _made(note: NewNote, act: Act) -> OrderNote:
    return OrderNote(
        id=act.new_id("note"),
        order_id=note.order_id,
        body=note.body.strip(),
        by=act.actor,
        at=act.now,
    )
