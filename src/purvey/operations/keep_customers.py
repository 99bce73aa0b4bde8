"""What people do about customers: correct the contact, note something, export, erase.

Erasing follows docs/decisions/0006-erasing-a-customer.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from purvey.domain.customers import (
    ERASED,
    MAX_NOTE,
    MAX_REASON,
    contact_problems,
    marks_of,
    without_person,
)
from purvey.domain.draft import Contact
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.batch import Batch
from purvey.operations.people import note
from purvey.ports.customers import Customer, CustomerNote
from purvey.ports.people import Note
from purvey.ports.storage import Transaction

NO_SUCH_CUSTOMER = Refusal("not_found", "There is no such customer.")
GONE = Refusal("erased", "This customer's data was erased: nothing is kept about them any more.")
NO_REASON = Refusal("reason_missing", "Say why; the journal keeps it.", pointer="/reason")
ORDERS_AT_ONCE = 500  # are erased in one transaction
OPEN_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactChange:
    """The contact as it shall be; empty means none. The journal keeps which fields changed and
    why, not what they were: it is never erased."""

    customer_id: str
    name: str
    email: str
    phone: str
    reason: str


def change_contacts(
    tx: Transaction, changes: Sequence[ContactChange], *, act: Act
) -> list[Customer | Refusal]:
    """For orders to come; each order keeps the contact that it was placed with."""
    customers = dict(tx.customers.find({change.customer_id for change in changes}))
    owners = dict(tx.customers.with_emails({_email(change) for change in changes} - {""}))
    answers: list[Customer | Refusal] = []
    notes: list[Note] = []
    for change in changes:
        before = customers.get(change.customer_id)
        answer = _changed(before, change, owners)
        answers.append(answer)
        if isinstance(answer, Customer):
            assert before is not None
            customers[answer.id] = answer
            if answer.email:
                owners[answer.email] = answer.id
            notes += _contact_note(before, answer, change, act)
    tx.customers.save([x for x in customers.values() if x in answers])
    tx.people.note(notes)
    return answers


def _email(change: ContactChange) -> str:
    return change.email.strip().lower()


def _changed(
    before: Customer | None, change: ContactChange, owners: Mapping[str, str]
) -> Customer | Refusal:
    refusal = _refuse(before, change.reason)
    if refusal is not None or before is None:
        return refusal or NO_SUCH_CUSTOMER
    contact = Contact(
        name=" ".join(change.name.split()) or None,
        email=_email(change) or None,
        phone=change.phone.strip() or None,
    )
    problems = contact_problems(contact)
    if owners.get(contact.email or "", before.id) != before.id:
        problems["email"] = "Another customer has this e-mail address."
    if problems:
        more = tuple(Refusal("invalid", said, pointer=f"/{at}") for at, said in problems.items())
        return Refusal("invalid", more[0].sentence, pointer=more[0].pointer, more=more)
    return evolve(before, name=contact.name, email=contact.email, phone=contact.phone)


def _refuse(customer: Customer | None, reason: str) -> Refusal | None:
    if customer is None:
        return NO_SUCH_CUSTOMER
    if customer.erased_at is not None:
        return GONE
    return None if 0 < len(reason.strip()) <= MAX_REASON else NO_REASON


def _contact_note(before: Customer, after: Customer, change: ContactChange, act: Act) -> list[Note]:
    fields = ("name", "email", "phone")
    changed = [one for one in fields if getattr(before, one) != getattr(after, one)]
    if not changed:
        return []
    detail = f"{', '.join(changed)}: {change.reason.strip()}"
    return [note(act, after.id, deed="changed contact", detail=detail)]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNote:
    customer_id: str
    text: str


def note_customers(
    tx: Transaction, wishes: Sequence[NewNote], *, act: Act
) -> list[CustomerNote | Refusal]:
    customers = tx.customers.find({wish.customer_id for wish in wishes})
    answers = [_noted(customers.get(wish.customer_id), wish, act) for wish in wishes]
    tx.customers.add_notes([answer for answer in answers if isinstance(answer, CustomerNote)])
    return answers


def _noted(customer: Customer | None, wish: NewNote, act: Act) -> CustomerNote | Refusal:
    text = wish.text.strip()
    if customer is None:
        return NO_SUCH_CUSTOMER
    if customer.erased_at is not None:
        return GONE
    if not 0 < len(text) <= MAX_NOTE:
        sentence = f"Write the note in 1 to {MAX_NOTE} characters."
        return Refusal("bad_note", sentence, pointer="/text")
    return CustomerNote(
        id=act.new_id("not"), customer_id=customer.id, text=text, by=act.actor, at=act.now
    )


def note_exports(
    tx: Transaction, customer_ids: Sequence[str], *, act: Act
) -> list[Customer | Refusal]:
    """Who took a copy of whose data stands in the journal."""
    customers = tx.customers.find(set(customer_ids))
    answers = [customers.get(one) or NO_SUCH_CUSTOMER for one in customer_ids]
    tx.people.note([note(act, one, deed="exported data") for one in customers])
    return answers


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    customer_id: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """`done` False: there were more orders than one transaction takes; ask again."""

    customer: Customer
    orders: int
    done: bool


def erase_customers(
    tx: Transaction, wishes: Sequence[Erasure], *, act: Act
) -> list[Erased | Refusal]:
    """Forget who they are, and keep what the law has the shop keep. Each order gets a row of
    history and a new version: nobody works on with what they remember of it."""
    ids = {wish.customer_id for wish in wishes}
    orders = tx.customers.orders_to_erase(ids, ORDERS_AT_ONCE)
    wanted = [order for mine in orders.values() for order in mine]
    batch = Batch.open(tx, act, wanted, with_stock=False)
    customers = dict(tx.customers.find(ids))
    # An order that comes at this very moment is a new one, with data of its own: it stays.
    busy = tx.customers.open_orders(ids, OPEN_SHOWN * len(ids))
    marks = {one: _marks(batch, customer, orders) for one, customer in customers.items()}
    answers = [_erase(batch, customers, orders, busy, wish) for wish in wishes]
    erased = {x.customer.id: x.customer for x in answers if isinstance(x, Erased)}
    done = {x.customer.id for x in answers if isinstance(x, Erased) and x.done}
    batch.save()
    gone = [order for one in erased for o in orders.get(one, ()) if (order := batch.orders.get(o))]
    tx.customers.forget_orders(gone)
    tx.customers.save([customer for customer in erased.values() if customer.id in done])
    tx.customers.forget(done)
    tx.desk.forget({mark for one in erased for mark in marks[one]})
    reasons = {wish.customer_id: wish.reason.strip() for wish in wishes}
    tx.people.note([note(act, x, deed="erased data", detail=reasons[x]) for x in sorted(done)])
    return answers


def _marks(batch: Batch, customer: Customer, orders: Mapping[str, Sequence[str]]) -> set[str]:
    """Contacts that were corrected since stand in the orders that were placed with them."""
    known = [batch.orders[order].customer for order in orders.get(customer.id, ())]
    return {mark for contact in (customer.contact, *known) for mark in marks_of(contact)}


def _erase(
    batch: Batch,
    customers: dict[str, Customer],
    orders: Mapping[str, Sequence[str]],
    busy: Mapping[str, Sequence[int]],
    wish: Erasure,
) -> Erased | Refusal:
    customer = customers.get(wish.customer_id)
    refusal = _refuse(customer, wish.reason)
    if refusal is not None or customer is None:
        return refusal or NO_SUCH_CUSTOMER
    if numbers := busy.get(customer.id):
        named = ", ".join(map(str, numbers))
        sentence = f"Orders are still open ({named}): finish or cancel them first."
        return Refusal("open_orders", sentence)
    mine = orders.get(customer.id, ())
    for order_id in mine:
        _forget_in(batch, order_id)
    done = sum(map(len, orders.values())) < ORDERS_AT_ONCE
    if done:
        nobody = {"name": ERASED, "email": None, "phone": None, "external_id": None}
        customers[customer.id] = evolve(customer, erased_at=batch.act.now, **nobody)
    return Erased(customer=customers[customer.id], orders=len(mine), done=done)


def _forget_in(batch: Batch, order_id: str) -> None:
    order = without_person(batch.orders[order_id])
    batch.record(
        order,
        process="order",
        subject_id=order.id,
        trigger="personal_data_erased",
        source=order.state,
        target=order.state,
    )
