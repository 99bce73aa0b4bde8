"""Add people, change their role, lock them. The last administrator stays one: somebody must be
able to let others in."""

from collections.abc import Sequence
from dataclasses import dataclass

from purvey.domain.people import Person, email_key, name_key, one_line, problems_with
from purvey.domain.rights import Role
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.ports.people import Note
from purvey.ports.storage import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPerson:
    name: str
    email: str
    role: Role


def add_people(tx: Transaction, wishes: Sequence[NewPerson], *, act: Act) -> list[Person | Refusal]:
    """They log in once they have set a password, with a one-time link."""
    names, emails = [wish.name for wish in wishes], [wish.email for wish in wishes]
    taken = tx.people.taken(names=names, emails=emails)
    answers = [_new_person(wish, taken, act) for wish in wishes]
    people = [answer for answer in answers if isinstance(answer, Person)]
    tx.people.add(people)
    tx.people.note([note(act, x.name, deed="added", detail=str(x.role)) for x in people])
    return answers


def _new_person(wish: NewPerson, taken: set[str], act: Act) -> Person | Refusal:
    """`taken` grows: two of one batch cannot have the same name either."""
    name, email = one_line(wish.name), wish.email.strip()
    wrong = problems_with(name=name, email=email)
    if name_key(name) in taken:
        wrong["name"] = "Somebody here has this name: history could not tell you apart."
    if email_key(email) in taken:
        wrong["email"] = "Somebody here has this e-mail address."
    if wrong:
        more = tuple(Refusal("invalid", words, pointer=f"/{at}") for at, words in wrong.items())
        return Refusal("invalid", more[0].sentence, pointer=more[0].pointer, more=more)
    taken |= {name_key(name), email_key(email)}
    return Person(
        id=act.new_id("per"),
        name=name,
        email=email_key(email),
        role=wish.role,
        created_at=act.now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChange:
    """None leaves as it is."""

    person_id: str
    role: Role | None = None
    locked: bool | None = None


def change_people(
    tx: Transaction, changes: Sequence[PersonChange], *, act: Act
) -> list[Person | Refusal]:
    """The people as they are then. Whoever is locked is logged out."""
    administrators = tx.people.administrators()
    people = dict(tx.people.find({change.person_id for change in changes}))
    answers: list[Person | Refusal] = []
    notes: list[Note] = []
    for change in changes:
        answer = _changed(people.get(change.person_id), change, administrators, act)
        answers.append(answer)
        if isinstance(answer, Person):
            notes += _notes(people[answer.id], answer, act)
            people[answer.id] = answer
    tx.people.save(list(people.values()))
    tx.people.end_sessions({person.id for person in people.values() if person.locked_at})
    tx.people.note(notes)
    return answers


def _changed(
    person: Person | None, change: PersonChange, administrators: set[str], act: Act
) -> Person | Refusal:
    """`administrators` follows what this batch does."""
    if person is None:
        return Refusal("not_found", "There is no such person.")
    after = evolve(person, role=change.role) if change.role else person
    if change.locked is not None:
        after = evolve(after, locked_at=(person.locked_at or act.now) if change.locked else None)
    leads = after.role == Role.ADMINISTRATOR and after.locked_at is None
    if not leads and administrators == {person.id}:
        sentence = "This is the only administrator: make another one first."
        return Refusal("last_administrator", sentence)
    if leads:
        administrators.add(person.id)
    else:
        administrators.discard(person.id)
    return after


def _notes(before: Person, after: Person, act: Act) -> list[Note]:
    notes = []
    if after.role != before.role:
        notes.append(
            note(act, after.name, deed="changed role", detail=f"{before.role} to {after.role}")
        )
    if (after.locked_at is None) != (before.locked_at is None):
        notes.append(note(act, after.name, deed="locked" if after.locked_at else "unlocked"))
    return notes


def note(act: Act, subject: str, *, deed: str, detail: str = "") -> Note:
    """A line of the journal."""
    return Note(
        id=act.new_id("jrn"),
        at=act.now,
        actor=act.actor,
        deed=deed,
        subject=subject,
        detail=detail,
    )
