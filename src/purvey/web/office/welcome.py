"""The page behind a one-time link: the first administrator is made, or a password is set."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.people import Person, email_key, one_line, problems_with
from purvey.domain.rights import Role
from purvey.storage import invitations
from purvey.storage.people import anybody, find_people, set_password
from purvey.storage.sessions import end_sessions
from purvey.storage.transaction import SqlTransaction
from purvey.web.office import passwords
from purvey.web.office.door import open_deed, open_page
from purvey.web.office.html import render
from purvey.web.office.login import logged_in, text
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
    house: House = request.app.state.house
    person = _invited(request)
    password, problems = text(form, "password"), dict[str, str]()
    if wrong := passwords.what_is_wrong(password):
        problems["password"] = wrong
    wanted = person or _administrator(house, form)
    if person is None:
        problems |= problems_with(name=wanted.name, email=wanted.email)
    if problems:
        return _form(request, person, problems=problems, name=wanted.name, email=wanted.email)
    kept, link, now = passwords.hashed(password), request.path_params["token"], house.clock()

    def set_up(tx: SqlTransaction) -> bool:
        """The link is used up first: of two at once one goes on, whoever is meant."""
        if not invitations.use(tx.sql, link, now=now):
            return False
        if person is None:
            tx.people.add([wanted])
        end_sessions(tx.sql, wanted.id)  # who was logged in with an older password is out
        set_password(tx.sql, wanted.id, kept)
        return True

    if not house.database.run(DEFAULT_SHARD, set_up):
        raise HTTPException(404, GONE)
    return logged_in(request, wanted, next_page="/")


def _administrator(house: House, form: FormData) -> Person:
    return Person(
        id=new_id("per"),
        name=one_line(text(form, "name")),
        email=email_key(text(form, "email")),
        role=Role.ADMINISTRATOR,
        created_at=house.clock(),
    )
