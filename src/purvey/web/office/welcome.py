"""The page behind a one-time link: the first administrator is made, or a password is set."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.people import Person, email_key, one_line, problems_with
from purvey.domain.rights import Role
from purvey.storage import invitations
from purvey.storage.people import anybody, find_people, set_password
from purvey.storage.second_factors import find_factor
from purvey.storage.sessions import end_sessions
from purvey.storage.transaction import SqlTransaction
from purvey.web.office import passwords
from purvey.web.office.door import open_deed, open_page
from purvey.web.office.entering import enter
from purvey.web.office.forms import text
from purvey.web.office.html import render
from purvey.wiring import DEFAULT_SHARD, House, new_id

GONE = (
    "This link was used or is too old. Ask for a new one: an administrator makes it under"
    " Settings > People, or `purvey user link` prints one."
)


@open_page("/welcome/{token}")
def show_welcome(request: Request) -> Response:
    return _form(request, _invited(request))


def _invited(request: Request) -> Person | None:
    """Whom the link invites; None for the first administrator. Raises HTTPException: 404."""
    house: House = request.app.state.house
    with house.database.reading(DEFAULT_SHARD) as sql:
        good, person_id = invitations.is_open(sql, request.path_params["token"], now=house.clock())
        person = find_people(sql, [person_id]).get(person_id) if person_id else None
        late = person is None and anybody(sql)
    if not good or late or (person is not None and person.locked_at is not None):
        raise HTTPException(404, GONE)
    return person


def _form(
    request: Request, person: Person | None, *, problems: dict[str, str] | None = None, **given: str
) -> Response:
    values = {"name": person.name if person else "", "email": person.email if person else ""}
    return render(
        request,
        "welcome.html",
        status=422 if problems else 200,
        person=person,
        problems=problems or {},
        **{**values, **given},
    )


@open_deed("/welcome/{token}")
def welcome(request: Request, form: FormData) -> Response:
    invited = _invited(request)
    person = invited or _administrator(request.app.state.house, form)
    problems = {} if invited else problems_with(name=person.name, email=person.email)
    if wrong := passwords.what_is_wrong(text(form, "password")):
        problems["password"] = wrong
    if problems:
        return _form(request, invited, problems=problems, name=person.name, email=person.email)
    kept = passwords.hashed(text(form, "password"))
    return _set_up(request, person, is_new=invited is None, kept=kept)


def _administrator(house: House, form: FormData) -> Person:
    return Person(
        id=new_id("per"),
        name=one_line(text(form, "name")),
        email=email_key(text(form, "email")),
        role=Role.ADMINISTRATOR,
        created_at=house.clock(),
    )


def _set_up(request: Request, person: Person, *, is_new: bool, kept: str) -> Response:
    """The link is used up first: of two at once one goes on. Who was logged in with an older
    password is out; a second factor stays, and is asked for at the log-in. Raises HTTPException."""
    house: House = request.app.state.house
    link, now = request.path_params["token"], house.clock()

    def set_up(tx: SqlTransaction) -> bool | None:
        if not invitations.use(tx.sql, link, now=now):
            return None
        if is_new:
            tx.people.add([person])
        end_sessions(tx.sql, person.id)
        set_password(tx.sql, person.id, kept)
        return find_factor(tx.sql, person.id) is not None

    needs_code = house.database.run(DEFAULT_SHARD, set_up)
    if needs_code is None:
        raise HTTPException(404, GONE)
    return RedirectResponse("/login", 303) if needs_code else enter(request, person, next_page="/")
