"""Keep what somebody is writing, so that a closed tab loses nothing; throw it away; note what it
became.

Several pages may show one draft: another tab, another machine. A page that has written last writes
on; another one may only if it saw that writing. Within a page requests can overtake each other, so
each says which writing it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from purvey.domain.customers import mark_of
from purvey.domain.draft import Contact
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.ports.desk import SavedDraft
from purvey.ports.storage import Transaction

MAX_DRAFTS = 50  # of one person that are open
NOT_FOUND = Refusal("not_found", "There is no such draft.")
ORDERED = Refusal("ordered_already", "This draft has become an order already.")
CHANGED = Refusal(
    "changed_meanwhile",
    "This draft was changed in another window. Reload the page; what is there is kept.",
)
OVERTAKEN = Refusal("overtaken", "Something newer was kept already.")
TOO_MANY = Refusal(
    "too_many_drafts", f"You have {MAX_DRAFTS} drafts: delete some, then this one is kept, too."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftWriting:
    """`seen`: when the draft had been changed last, as the page knows it; None: it is new."""

    id: str
    person_id: str
    content: str
    title: str
    total: int
    page_id: str
    turn: int
    contact: Contact
    seen: datetime | None = None


def save_drafts(
    tx: Transaction, writings: Sequence[DraftWriting], *, act: Act
) -> list[SavedDraft | Refusal]:
    drafts = dict(tx.desk.drafts({writing.id for writing in writings}))
    open_ = dict(tx.desk.count_open({writing.person_id for writing in writings}))
    answers: list[SavedDraft | Refusal] = []
    for writing in writings:
        known = drafts.get(writing.id)
        refusal = _refusal(writing, known, open_.get(writing.person_id, 0))
        if refusal is None:
            drafts[writing.id] = draft = _saved(writing, known, act)
            open_[writing.person_id] = open_.get(writing.person_id, 0) + (known is None)
            answers.append(draft)
        else:
            answers.append(refusal)
    saved = {answer.id: answer for answer in answers if isinstance(answer, SavedDraft)}
    tx.desk.put_drafts(list(saved.values()))
    return answers


def _refusal(writing: DraftWriting, known: SavedDraft | None, count: int) -> Refusal | None:
    if known is None:
        return TOO_MANY if count >= MAX_DRAFTS else None
    if known.person_id != writing.person_id:
        return NOT_FOUND
    if known.order_id is not None:
        return ORDERED
    if known.page_id == writing.page_id:
        return OVERTAKEN if writing.turn < known.turn else None
    return None if writing.seen == known.changed_at else CHANGED


def _saved(writing: DraftWriting, known: SavedDraft | None, act: Act) -> SavedDraft:
    return SavedDraft(
        id=writing.id,
        person_id=writing.person_id,
        content=writing.content,
        title=writing.title,
        total=writing.total,
        page_id=writing.page_id,
        turn=writing.turn,
        created_at=known.created_at if known else act.now,
        changed_at=act.now,
        who=mark_of(writing.contact),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftOf:
    """`order_id`: what it became."""

    id: str
    person_id: str
    order_id: str | None = None


def drop_drafts(
    tx: Transaction, wishes: Sequence[DraftOf], *, act: Act
) -> list[SavedDraft | Refusal]:
    drafts = tx.desk.drafts({wish.id for wish in wishes})
    answers = [_own(drafts.get(wish.id), wish) for wish in wishes]
    tx.desk.drop_drafts({draft.id for draft in answers if isinstance(draft, SavedDraft)})
    return answers


def note_orders(
    tx: Transaction, wishes: Sequence[DraftOf], *, act: Act
) -> list[SavedDraft | Refusal]:
    """The drafts that became orders, which they stand for from now on."""
    drafts = tx.desk.drafts({wish.id for wish in wishes})
    answers: list[SavedDraft | Refusal] = []
    for wish in wishes:
        draft = _own(drafts.get(wish.id), wish)
        if isinstance(draft, SavedDraft):
            draft = evolve(draft, order_id=wish.order_id, changed_at=act.now)
        answers.append(draft)
    tx.desk.put_drafts([draft for draft in answers if isinstance(draft, SavedDraft)])
    return answers


def _own(draft: SavedDraft | None, wish: DraftOf) -> SavedDraft | Refusal:
    return NOT_FOUND if draft is None or draft.person_id != wish.person_id else draft
