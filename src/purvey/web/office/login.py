"""Log in, log out. Tries are limited by account and by address, and every try costs the same time.

A try is counted before the password is looked at, so that many at once are counted, too; a good
one is forgiven. Nothing tells whether an e-mail address is known here.
"""

from datetime import timedelta
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.people import Person, email_key
from purvey.storage.people import find_by_email, password_of
from purvey.storage.sessions import end_sessions, start_session
from purvey.storage.throttle import Limit, count_try, forgive, wait_for
from purvey.storage.transaction import SqlTransaction
from purvey.web.office import passwords
from purvey.web.office.address import address_of
from purvey.web.office.cookies import clear_session, set_session
from purvey.web.office.door import (
    LOGGED_IN,
    Visitor,
    deed,
    open_deed,
    open_page,
    visitor_of,
)
from purvey.web.office.html import render
from purvey.wiring import DEFAULT_SHARD, House, new_id

OF_ACCOUNT = Limit(kind="account", burst=10, every=timedelta(minutes=1))
OF_ADDRESS = Limit(kind="address", burst=50, every=timedelta(seconds=6))
WRONG = "The e-mail address or the password is wrong."


@open_page("/login")
def show_login(request: Request) -> Response:
    next_page = local(request.query_params.get("next"))
    if visitor_of(request) is not None:
        return RedirectResponse(next_page, 303)
    return _form(request, next_page=next_page)


def _form(
    request: Request, *, next_page: str, email: str = "", problem: str = "", status: int = 200
) -> Response:
    return render(
        request, "login.html", status=status, next_page=next_page, email=email, problem=problem
    )


@open_deed("/login")
def log_in(request: Request, form: FormData) -> Response:
    house: House = request.app.state.house
    email, password = text(form, "email")[:254], text(form, "password")
    next_page = local(text(form, "next"))
    wait = _count(house, email, address_of(request))
    if wait:
        return _too_often(request, wait, next_page=next_page, email=email)
    person = _known(house, email, password)
    if person is None:
        return _form(request, next_page=next_page, email=email, problem=WRONG, status=401)
    return logged_in(request, person, next_page=next_page)


def _count(house: House, email: str, address: str) -> timedelta:
    """How long to wait. Who has to wait is told by reading alone, so a flood writes nothing."""
    limits = ((OF_ADDRESS, address), (OF_ACCOUNT, email_key(email)))
    now = house.clock()
    with house.database.reading(DEFAULT_SHARD) as sql:
        wait = max(wait_for(sql, limit, who, now=now) for limit, who in limits)
    if wait:
        return wait

    def count(tx: SqlTransaction) -> timedelta:
        return max(count_try(tx.sql, limit, who, now=now) for limit, who in limits)

    return house.database.run(DEFAULT_SHARD, count)


def _too_often(request: Request, wait: timedelta, *, next_page: str, email: str) -> Response:
    seconds = max(1, -(-wait // timedelta(seconds=1)))
    when = f"{seconds} seconds" if seconds < 90 else f"{-(-seconds // 60)} minutes"
    sentence = f"That was tried too often. Try again in {when}."
    answer = _form(request, next_page=next_page, email=email, problem=sentence, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _known(house: House, email: str, password: str) -> Person | None:
    with house.database.reading(DEFAULT_SHARD) as sql:
        person = find_by_email(sql, email)
        kept = password_of(sql, person.id) if person else None
    good = passwords.fits(password, kept)  # outside the transaction: it is slow on purpose
    return person if good and person is not None and person.locked_at is None else None


def logged_in(request: Request, person: Person, *, next_page: str) -> Response:
    """A new session; one that the browser had before is another one's and stays there."""
    house: House = request.app.state.house
    agent = browser(request.headers.get("user-agent", ""))
    now = house.clock()

    def start(tx: SqlTransaction) -> str:
        forgive(tx.sql, OF_ACCOUNT, email_key(person.email))
        _, token = start_session(tx.sql, person, agent=agent, new_id=new_id, now=now)
        return token

    answer = RedirectResponse(next_page, 303)
    set_session(answer, house, token=house.database.run(DEFAULT_SHARD, start))
    return answer


@deed("/logout", right=LOGGED_IN)
def log_out(request: Request, visitor: Visitor, form: FormData) -> Response:
    """This session, or with `everywhere` all of them."""
    ids = None if text(form, "everywhere") else [visitor.session_id]
    visitor.house.database.run(
        DEFAULT_SHARD, lambda tx: end_sessions(tx.sql, visitor.person.id, ids=ids)
    )
    answer = RedirectResponse("/login", 303)
    clear_session(answer, visitor.house)
    return answer


def text(form: FormData, name: str) -> str:
    """A field's text; empty without one, and for a file."""
    value = form.get(name)
    return value if isinstance(value, str) else ""


def local(address: str | None) -> str:
    """A page of ours to go on to; nobody is sent elsewhere from here."""
    given = address or "/"
    parts = urlsplit(given)
    stays = given.startswith("/") and not given.startswith(("//", "/\\"))
    good = stays and not parts.netloc and given.isprintable() and len(given) <= 500
    return given if good else "/"


_BROWSERS = (
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def browser(agent: str) -> str:
    """ "Firefox on Linux": enough to tell one's own sessions apart."""
    name = next((name for mark, name in _BROWSERS if mark in agent), "Another program")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    return f"{name} on {system}" if system else name
