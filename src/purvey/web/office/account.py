"""One's own account: password, second factor, sessions."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.people import email_key
from purvey.kit.totp import address_of, step_of
from purvey.operations.people import note
from purvey.storage.people import password_of, set_password
from purvey.storage.second_factors import (
    find_factor,
    new_recovery_codes,
    new_secret,
    set_factor,
)
from purvey.storage.sessions import end_sessions, sessions_of
from purvey.storage.throttle import forgive
from purvey.storage.transaction import SqlTransaction
from purvey.web.office import passwords
from purvey.web.office.door import LOGGED_IN, Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import render
from purvey.web.office.qr_code import qr_svg
from purvey.web.office.tries import OF_ACCOUNT, too_often, wait_before_try

NOT_YOURS = "This is not your password."
WRONG_CODE = "The app shows another code now. Is the time of your phone right?"
TOLD = {
    "password": "Your password is changed. Other browsers are logged out.",
    "sessions": "Logged out there.",
    "factor-off": "Logging in needs no code any more.",
}


@page("/account", right=LOGGED_IN)
def show_account(request: Request, visitor: Visitor) -> Response:
    return _account(visitor, told=TOLD.get(request.query_params.get("told", ""), ""))


def _account(
    visitor: Visitor, *, told: str = "", problems: dict[str, str] | None = None
) -> Response:
    now = visitor.house.clock()
    with visitor.reading() as sql:
        sessions = sessions_of(sql, visitor.person.id, now=now)
        factor = find_factor(sql, visitor.person.id)
    return render(
        visitor,
        "account.html",
        status=422 if problems else 200,
        sessions=sessions,
        factor=factor,
        told=told,
        problems=problems or {},
    )


@deed("/account/password", right=LOGGED_IN)
def change_password(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Whoever is logged in elsewhere is out: it may be the reason for the change."""
    new = text(form, "new_password")
    problem = _not_the_owner(request, visitor, text(form, "password"))
    if problem:
        return _account(visitor, problems={"password": problem})
    if wrong := passwords.what_is_wrong(new):
        return _account(visitor, problems={"new_password": wrong})
    kept = passwords.hashed(new)

    def change(tx: SqlTransaction) -> None:
        set_password(tx.sql, visitor.person.id, kept)
        others = {x.id for x in sessions_of(tx.sql, visitor.person.id, now=visitor.house.clock())}
        end_sessions(tx.sql, visitor.person.id, ids=others - {visitor.session_id})
        _note(tx, visitor, "changed the password")

    visitor.run(change)
    return RedirectResponse("/account?told=password", 303)


def _not_the_owner(request: Request, visitor: Visitor, password: str) -> str | None:
    """Whoever finds an open browser does not have the password. Tries are limited as at log-in."""
    if wait := wait_before_try(request, visitor.person.email):
        return too_often(wait)
    with visitor.reading() as sql:
        kept = password_of(sql, visitor.person.id)
    if not passwords.fits(password, kept):
        return NOT_YOURS
    visitor.run(lambda tx: forgive(tx.sql, OF_ACCOUNT, email_key(visitor.person.email)))
    return None


def _note(tx: SqlTransaction, visitor: Visitor, words: str) -> None:
    tx.people.note([note(visitor.house.act(visitor.actor), visitor.person.name, deed=words)])


@deed("/account/sessions", right=LOGGED_IN)
def end_session(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Log out one of one's own sessions: `session` is its id."""
    ids = [text(form, "session")]
    visitor.run(lambda tx: end_sessions(tx.sql, visitor.person.id, ids=ids))
    return RedirectResponse("/account?told=sessions", 303)


@page("/account/second-factor", right=LOGGED_IN)
def show_factor(request: Request, visitor: Visitor) -> Response:
    return _factor_form(visitor, secret=new_secret())


def _factor_form(visitor: Visitor, *, secret: str, problem: str = "") -> Response:
    shop = visitor.house.settings.shop_name
    address = address_of(secret, issuer=shop, account=visitor.person.email)
    return render(
        visitor,
        "second_factor.html",
        status=422 if problem else 200,
        secret=secret,
        spaced=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        qr_code=qr_svg(address, label="QR code with the secret"),
        problem=problem,
    )


@deed("/account/second-factor", right=LOGGED_IN)
def turn_on_factor(request: Request, visitor: Visitor, form: FormData) -> Response:
    """The first code shows that the phone has the secret. Recovery codes are shown this once."""
    secret = text(form, "secret")[:64]
    now = visitor.house.clock().timestamp()
    if problem := _not_the_owner(request, visitor, text(form, "password")):
        return _factor_form(visitor, secret=new_secret(), problem=problem)
    try:
        step = step_of(secret, text(form, "code"), unix_seconds=now, after=0)
    except ValueError:
        step, secret = None, new_secret()
    if step is None or len(secret) < 32:
        sentence = (
            "This is not the code that the app should show now. Are its time and yours right?"
        )
        return _factor_form(visitor, secret=secret, problem=sentence)
    codes = new_recovery_codes()

    def turn_on(tx: SqlTransaction) -> None:
        set_factor(tx.sql, visitor.person.id, secret=secret, step=step, codes=codes)
        _note(tx, visitor, "turned the second factor on")

    visitor.run(turn_on)
    return render(visitor, "recovery_codes.html", codes=codes)


@deed("/account/second-factor/off", right=LOGGED_IN)
def turn_off_factor(request: Request, visitor: Visitor, form: FormData) -> Response:
    if problem := _not_the_owner(request, visitor, text(form, "password")):
        return _account(visitor, problems={"factor": problem})

    def turn_off(tx: SqlTransaction) -> None:
        set_factor(tx.sql, visitor.person.id, secret=None, step=0, codes=[])
        _note(tx, visitor, "turned the second factor off")

    visitor.run(turn_off)
    return RedirectResponse("/account?told=factor-off", 303)
