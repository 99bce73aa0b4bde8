"""Log in, log out. Tries are limited by account and by address, and every try costs the same time.

1. A try is counted before the password is looked at, so that many at once are counted, too; a good
   log-in is forgiven. Nothing tells whether an e-mail address is known here.
2. Who has a second factor is asked for a code next. In between nothing is kept: the form carries a
   ticket, good for five minutes, signed with the hash of the password and the factor's secret.
3. A code is good once; so is a recovery code.
"""

import hmac
from datetime import timedelta
from hashlib import sha256

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.people import Person
from purvey.kit.totp import step_of
from purvey.storage.people import find_by_email, find_people, password_of
from purvey.storage.second_factors import SecondFactor, find_factor, use_recovery_code, use_step
from purvey.storage.sessions import end_sessions
from purvey.storage.sql import Sql
from purvey.web.office import passwords
from purvey.web.office.cookies import clear_session
from purvey.web.office.door import LOGGED_IN, Visitor, deed, open_deed, open_page, visitor_of
from purvey.web.office.entering import enter, local
from purvey.web.office.forms import text
from purvey.web.office.html import render
from purvey.web.office.tries import seconds_in, too_often, wait_before_try
from purvey.wiring import DEFAULT_SHARD, House

TICKET = timedelta(minutes=5)
WRONG = "The e-mail address or the password is wrong."
WRONG_CODE = "This code is wrong, too old, or was used before."
TICKET_OVER = "That took too long. Log in again."


@open_page("/login")
def show_login(request: Request) -> Response:
    next_page = local(request.query_params.get("next", "/"))
    if visitor_of(request) is not None:
        return RedirectResponse(next_page, 303)
    return _login_form(request, next_page=next_page)


def _login_form(
    request: Request, *, next_page: str, email: str = "", problem: str = "", status: int = 200
) -> Response:
    values = {"next_page": next_page, "email": email, "problem": problem}
    return render(request, "login.html", status=status, **values)


@open_deed("/login")
def log_in(request: Request, form: FormData) -> Response:
    house: House = request.app.state.house
    email, password = text(form, "email")[:254], text(form, "password")
    next_page = local(text(form, "next"))
    if wait := wait_before_try(request, email):
        answer = _login_form(
            request, next_page=next_page, email=email, problem=too_often(wait), status=429
        )
        return _later(answer, wait)
    with house.database.reading(DEFAULT_SHARD) as sql:
        person = find_by_email(sql, email)
        kept = password_of(sql, person.id) if person else None
        factor = find_factor(sql, person.id) if person else None
    good = passwords.fits(password, kept)  # outside the transaction: it is slow on purpose
    if person is None or not good or person.locked_at is not None:
        return _login_form(request, next_page=next_page, email=email, problem=WRONG, status=401)
    if factor is None:
        return enter(request, person, next_page=next_page)
    ends = int((house.clock() + TICKET).timestamp())
    return _code_form(request, ticket=_ticket(person, kept, factor, ends), next_page=next_page)


def _later(answer: Response, wait: timedelta) -> Response:
    answer.headers["Retry-After"] = str(seconds_in(wait))
    return answer


def _ticket(person: Person, kept: str | None, factor: SecondFactor, ends: int) -> str:
    words = f"{person.id}.{ends}"
    mac = hmac.new(f"{kept}:{factor.secret}".encode(), words.encode(), sha256).hexdigest()
    return f"{words}.{mac}"


def _code_form(
    request: Request, *, ticket: str, next_page: str, problem: str = "", status: int = 200
) -> Response:
    values = {"ticket": ticket, "next_page": next_page, "problem": problem}
    return render(request, "login_code.html", status=status, **values)


@open_deed("/login/code")
def log_in_with_code(request: Request, form: FormData) -> Response:
    house: House = request.app.state.house
    ticket, next_page = text(form, "ticket")[:200], local(text(form, "next"))
    with house.database.reading(DEFAULT_SHARD) as sql:
        person = _with_ticket(sql, ticket, now=house.clock().timestamp())
    if person is None:
        return _login_form(request, next_page=next_page, problem=TICKET_OVER, status=401)
    if wait := wait_before_try(request, person.email):
        answer = _code_form(
            request, ticket=ticket, next_page=next_page, problem=too_often(wait), status=429
        )
        return _later(answer, wait)
    if not _use_code(house, person, text(form, "code")[:40]):
        return _code_form(
            request, ticket=ticket, next_page=next_page, problem=WRONG_CODE, status=401
        )
    return enter(request, person, next_page=next_page)


def _with_ticket(sql: Sql, ticket: str, *, now: float) -> Person | None:
    """Who gave the right password a moment ago."""
    person_id, _, rest = ticket.partition(".")
    ends = rest.partition(".")[0]
    if not (ends.isascii() and ends.isdigit()) or int(ends) < now:
        return None
    person, factor = find_people(sql, [person_id]).get(person_id), find_factor(sql, person_id)
    if person is None or factor is None or person.locked_at is not None:
        return None
    right = _ticket(person, password_of(sql, person_id), factor, int(ends))
    return person if hmac.compare_digest(right.encode(), ticket.encode()) else None


def _use_code(house: House, person: Person, code: str) -> bool:
    """True once for each code."""
    now = house.clock().timestamp()
    with house.database.reading(DEFAULT_SHARD) as sql:
        factor = find_factor(sql, person.id)
    if factor is None:
        return False
    step = step_of(factor.secret, code, unix_seconds=now, after=factor.step)
    if step is not None:
        return house.database.run(DEFAULT_SHARD, lambda tx: use_step(tx.sql, person.id, step))
    return house.database.run(DEFAULT_SHARD, lambda tx: use_recovery_code(tx.sql, person.id, code))


@deed("/logout", right=LOGGED_IN)
def log_out(request: Request, visitor: Visitor, form: FormData) -> Response:
    """This session, or with `everywhere` all of them."""
    ids = None if text(form, "everywhere") else [visitor.session_id]
    visitor.run(lambda tx: end_sessions(tx.sql, visitor.person.id, ids=ids))
    answer = RedirectResponse("/login", 303)
    clear_session(answer, visitor.house)
    return answer
