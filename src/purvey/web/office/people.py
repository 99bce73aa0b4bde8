"""Settings > People: invite, change the role, lock, send a new link, log out everywhere."""

from collections.abc import Callable

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.people import INVITATION, Person
from purvey.domain.rights import ROLES, Role
from purvey.kit.process import Refusal
from purvey.operations.people import NewPerson, PersonChange, add_people, change_people, note
from purvey.queries.journal import read_journal
from purvey.storage.invitations import invite
from purvey.storage.people import find_people, list_people
from purvey.storage.second_factors import set_factor
from purvey.storage.sessions import end_sessions
from purvey.storage.transaction import SqlTransaction
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import render

PLACE = "/settings/people"
JOURNAL_ROWS = 50
TOLD = {
    "changed": "The role is changed. It counts from the next click on.",
    "locked": "Locked out, and logged out everywhere.",
    "unlocked": "Let in again.",
    "sessions": "Logged out everywhere.",
    "factor": "The second factor is gone: the next log-in needs the password only.",
}


@page(PLACE, right="users:write")
def show_people(request: Request, visitor: Visitor) -> Response:
    after = request.query_params.get("after", "")
    return _people(visitor, after=after, told=TOLD.get(request.query_params.get("told", ""), ""))


def _people(
    visitor: Visitor,
    *,
    after: str = "",
    told: str = "",
    refusal: Refusal | None = None,
    link: tuple[Person, str] | None = None,
    given: NewPerson | None = None,
) -> Response:
    with visitor.reading() as sql:
        people, journal = list_people(sql, after=after), read_journal(sql, limit=JOURNAL_ROWS)
    parts = (refusal.more or (refusal,)) if refusal else ()
    return render(
        visitor,
        "people.html",
        status=422 if refusal else 200,
        people=people,
        journal=journal,
        roles={role: sorted(rights) for role, rights in ROLES.items()},
        hours=INVITATION.total_seconds() / 3600,
        told=told,
        problems={part.pointer.removeprefix("/"): part.sentence for part in parts},
        link=link,
        given=given,
    )


@deed(PLACE, right="users:write")
def add_person(request: Request, visitor: Visitor, form: FormData) -> Response:
    """The one-time link is shown on the page that answers, and never again."""
    wish = NewPerson(name=text(form, "name"), email=text(form, "email"), role=_role(form))
    [answer] = visitor.do(add_people, [wish])
    if isinstance(answer, Refusal):
        return _people(visitor, refusal=answer, given=wish)
    return _people(visitor, link=(answer, _new_link(visitor, answer)))


def _role(form: FormData) -> Role:
    try:
        return Role(text(form, "role"))
    except ValueError:
        raise HTTPException(422, f"role: choose one of {', '.join(Role)}.") from None


def _new_link(visitor: Visitor, person: Person) -> str:
    now = visitor.house.clock()
    token = visitor.run(lambda tx: invite(tx.sql, person.id, now=now))
    return f"{visitor.house.settings.web_address}/welcome/{token}"


@deed(PLACE + "/{person}/role", right="users:write")
def change_role(request: Request, visitor: Visitor, form: FormData) -> Response:
    change = PersonChange(person_id=request.path_params["person"], role=_role(form))
    return _change(visitor, change, told="changed")


@deed(PLACE + "/{person}/lock", right="users:write")
def lock_person(request: Request, visitor: Visitor, form: FormData) -> Response:
    change = PersonChange(person_id=request.path_params["person"], locked=True)
    return _change(visitor, change, told="locked")


@deed(PLACE + "/{person}/unlock", right="users:write")
def unlock_person(request: Request, visitor: Visitor, form: FormData) -> Response:
    change = PersonChange(person_id=request.path_params["person"], locked=False)
    return _change(visitor, change, told="unlocked")


def _change(visitor: Visitor, change: PersonChange, *, told: str) -> Response:
    [answer] = visitor.do(change_people, [change])
    if isinstance(answer, Refusal):
        return _people(visitor, refusal=answer)
    return RedirectResponse(f"{PLACE}?told={told}", 303)


@deed(PLACE + "/{person}/link", right="users:write")
def new_link(request: Request, visitor: Visitor, form: FormData) -> Response:
    """For who forgot the password, or did not use the link in time."""
    person = _found(request, visitor)
    link = _new_link(visitor, person)
    _noted(visitor, person, "made a one-time link for", lambda tx: None)
    return _people(visitor, link=(person, link))


@deed(PLACE + "/{person}/log-out", right="users:write")
def log_out_person(request: Request, visitor: Visitor, form: FormData) -> Response:
    person = _found(request, visitor)
    _noted(visitor, person, "logged out", lambda tx: end_sessions(tx.sql, person.id))
    return RedirectResponse(f"{PLACE}?told=sessions", 303)


@deed(PLACE + "/{person}/second-factor", right="users:write")
def remove_factor(request: Request, visitor: Visitor, form: FormData) -> Response:
    """For who lost the phone and the recovery codes."""
    person = _found(request, visitor)

    def remove(tx: SqlTransaction) -> None:
        set_factor(tx.sql, person.id, secret=None, step=0, codes=[])

    _noted(visitor, person, "took the second factor from", remove)
    return RedirectResponse(f"{PLACE}?told=factor", 303)


def _found(request: Request, visitor: Visitor) -> Person:
    person_id = request.path_params["person"]
    with visitor.reading() as sql:
        person = find_people(sql, [person_id]).get(person_id)
    if person is None:
        raise HTTPException(404, "There is no such person.")
    return person


def _noted(
    visitor: Visitor, person: Person, words: str, work: Callable[[SqlTransaction], object]
) -> None:
    act = visitor.house.act(visitor.actor)

    def both(tx: SqlTransaction) -> None:
        work(tx)
        tx.people.note([note(act, person.name, deed=words)])

    visitor.run(both)
