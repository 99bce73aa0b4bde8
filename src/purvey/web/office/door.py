"""The door of every page: who comes, may they, and is it really they who ask?

1. The session's cookie names a person who is not locked. Else: to the log-in (GET), 401 (POST).
2. The person's role has the right that the page names. Else 403.
3. A POST carries the session's CSRF token, as field `csrf` or header X-CSRF-Token, and does not
   come from another site's page. Else 403. The token is a hash of the session's: whoever can read
   it off a page is in that session already.

A page says its right where it is declared, so there is none without one; pages before the log-in
are declared with `open_page` and `open_deed`. Handlers run in a thread, outside any transaction.
"""

import hmac
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from purvey.domain.people import Person, Session
from purvey.domain.rights import RIGHTS
from purvey.storage.sessions import SEEN_EVERY, find_session, touch_session
from purvey.storage.sql import Sql
from purvey.storage.transaction import SqlTransaction
from purvey.web.office.cookies import session_token
from purvey.web.office.html import render, told_by
from purvey.web.office.packing import packed
from purvey.web.plain_route import PlainRoute
from purvey.wiring import DEFAULT_SHARD, House

MAX_FIELDS = 2_000
MAX_FILES = 5
Result = TypeVar("Result")
Answer = TypeVar("Answer")
CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A person who is logged in, for one request. `csrf` goes into every form; `told` is what the
    deed before said, to be shown once."""

    person: Person
    csrf: str
    house: House
    session_id: str = ""
    path: str = "/"
    told: str = ""

    def may(self, right: str) -> bool:
        assert right in RIGHTS, f"There is no right {right}."
        return self.person.may(right)

    @property
    def actor(self) -> str:
        """What history shows."""
        return self.person.name

    def reading(self) -> AbstractContextManager[Sql]:
        return self.house.database.reading(DEFAULT_SHARD)

    def run(self, work: Callable[[SqlTransaction], Result]) -> Result:
        """In a transaction; see `Database.run`."""
        return self.house.database.run(DEFAULT_SHARD, work)

    def do(
        self, operation: Callable[..., list[Answer]], items: Sequence[Any], **options: Any
    ) -> list[Answer]:
        """Run a plural operation in this person's name."""
        return self.house.do(operation, items, actor=self.actor, **options)


Page = Callable[[Request, Visitor], Response]
Deed = Callable[[Request, Visitor, FormData], Response]
Live = Callable[[Request, Visitor], Awaitable[Response]]
OpenPage = Callable[[Request], Response]
OpenDeed = Callable[[Request, FormData], Response]
ROUTES: list[Route] = []
LOGGED_IN = ""  # for what everybody may who is logged in: the own account


class OfficeRoute(PlainRoute):
    """`right` None: for everybody, LOGGED_IN: for every person."""

    right: str | None = None


def page(path: str, *, right: str) -> Callable[[Page], Page]:
    """Declare `handler(request, visitor)` for GET."""

    def declare(handler: Page) -> Page:
        async def serve(request: Request) -> Response:
            return await run_in_threadpool(_show, request, handler, right)

        _add(path, serve, method="GET", right=right)
        return handler

    return declare


def live(path: str, *, right: str) -> Callable[[Live], Live]:
    """Declare `async handler(request, visitor)` for GET: an answer that goes on for long, in the
    event loop. It should end by itself after some minutes: the browser comes again, and is looked
    at again."""

    def declare(handler: Live) -> Live:
        async def serve(request: Request) -> Response:
            visitor = await run_in_threadpool(visitor_of, request)
            if visitor is None:
                return PlainTextResponse(LOGGED_OUT, 401)
            if right and not visitor.may(right):
                return PlainTextResponse(LOCKED_PAGE, 403)
            return await handler(request, visitor)

        _add(path, serve, method="GET", right=right)
        return handler

    return declare


def deed(path: str, *, right: str) -> Callable[[Deed], Deed]:
    """Declare `handler(request, visitor, form)` for POST."""

    def declare(handler: Deed) -> Deed:
        async def serve(request: Request) -> Response:
            async with _form(request) as form:
                return await run_in_threadpool(_do, request, handler, right=right, form=form)

        _add(path, serve, method="POST", right=right)
        return handler

    return declare


def open_page(path: str) -> Callable[[OpenPage], OpenPage]:
    """Declare `handler(request)` for GET, without a log-in."""

    def declare(handler: OpenPage) -> OpenPage:
        async def serve(request: Request) -> Response:
            return await run_in_threadpool(_guarded, request, None, lambda: handler(request))

        _add(path, serve, method="GET", right=None)
        return handler

    return declare


def open_deed(path: str) -> Callable[[OpenDeed], OpenDeed]:
    """Declare `handler(request, form)` for POST from our own pages, without a log-in."""

    def declare(handler: OpenDeed) -> OpenDeed:
        async def serve(request: Request) -> Response:
            async with _form(request) as form:
                if not from_our_page(request):
                    return _refused(request, None, status=403, sentence=FOREIGN)
                work = partial(handler, request, form)
                return await run_in_threadpool(_guarded, request, None, work)

        _add(path, serve, method="POST", right=None)
        return handler

    return declare


def _add(path: str, serve: Callable[..., object], *, method: str, right: str | None) -> None:
    assert right in (None, LOGGED_IN) or right in RIGHTS, f"There is no right {right}."
    route = OfficeRoute(path, serve, methods=[method])
    route.right = right
    ROUTES.append(route)


@asynccontextmanager
async def _form(request: Request) -> AsyncIterator[FormData]:
    """No database keeps a NUL; what people paste is freed of it. Files are closed at the end."""
    async with request.form(max_files=MAX_FILES, max_fields=MAX_FIELDS) as form:
        yield FormData([(name, _clean(value)) for name, value in form.multi_items()])


def _clean(value: UploadFile | str) -> UploadFile | str:
    return value if isinstance(value, UploadFile) else value.replace("\0", "")


LOCKED_PAGE = "Your role may not do this. Ask an administrator if you need it."
FOREIGN = "This form came from another site or from an old page. Reload the page and try again."
LOGGED_OUT = "You are logged out. Log in and try again; nothing was changed."


def _show(request: Request, handler: Page, right: str) -> Response:
    visitor = visitor_of(request)
    if visitor is None:
        return _to_login(request)
    if right and not visitor.may(right):
        return _refused(request, visitor, status=403, sentence=LOCKED_PAGE)
    return _guarded(request, visitor, lambda: handler(request, visitor))


def _do(request: Request, handler: Deed, *, right: str, form: FormData) -> Response:
    visitor = visitor_of(request)
    if visitor is None:
        return _refused(request, None, status=401, sentence=LOGGED_OUT)
    if not (from_our_page(request) and _has_csrf(request, form, visitor)):
        return _refused(request, visitor, status=403, sentence=FOREIGN)
    if right and not visitor.may(right):
        return _refused(request, visitor, status=403, sentence=LOCKED_PAGE)
    return _guarded(request, visitor, lambda: handler(request, visitor, form))


def visitor_of(request: Request) -> Visitor | None:
    """Whoever is logged in."""
    token = session_token(request)
    if not token:
        return None
    house: House = request.app.state.house
    now = house.clock()
    with house.database.reading(DEFAULT_SHARD) as sql:
        session = find_session(sql, token, now=now)
    if session is None:
        return None
    if now - session.seen_at >= SEEN_EVERY:
        _touch(house, session)
    return Visitor(
        person=session.person,
        csrf=csrf_of(token),
        house=house,
        session_id=session.id,
        path=request.url.path,
        told=told_by(request),
    )


def _touch(house: House, session: Session) -> None:
    now = house.clock()
    house.database.run(DEFAULT_SHARD, lambda tx: touch_session(tx.sql, session, now=now))


def csrf_of(token: str) -> str:
    return sha256(f"csrf:{token}".encode("utf-8", "replace")).hexdigest()


def _has_csrf(request: Request, form: FormData, visitor: Visitor) -> bool:
    given = request.headers.get(CSRF_HEADER) or form.get(CSRF_FIELD)
    return isinstance(given, str) and hmac.compare_digest(given.encode(), visitor.csrf.encode())


def from_our_page(request: Request) -> bool:
    """What browsers say about where a request comes from; a program may say nothing."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return True
    house: House = request.app.state.house
    ours = {request.headers.get("host", ""), urlsplit(house.settings.web_address).netloc}
    return urlsplit(origin).netloc in ours


def _guarded(request: Request, visitor: Visitor | None, answer: Callable[[], Response]) -> Response:
    """A problem that a handler raises is told on a page."""
    try:
        _check_address(request)
        return packed(request, answer())
    except HTTPException as error:
        told = _refused(request, visitor, status=error.status_code, sentence=error.detail)
        told.headers.update(error.headers or {})
        return told


def _check_address(request: Request) -> None:
    """No name that we gave has a control character, and no database keeps a NUL."""
    given = (*request.path_params.values(), *request.query_params.values())
    if any("\0" in value for value in given if isinstance(value, str)):
        raise HTTPException(404, "There is no such page.")


def _refused(request: Request, visitor: Visitor | None, *, status: int, sentence: str) -> Response:
    return render(visitor or request, "refused.html", status=status, sentence=sentence)


def _to_login(request: Request) -> Response:
    """With htmx a part of a page was asked for: the whole page has to go to the log-in."""
    if request.headers.get("hx-request"):
        shown = urlsplit(request.headers.get("hx-current-url", ""))
        where = f"{shown.path or '/'}{'?' + shown.query if shown.query else ''}"
        return Response(status_code=204, headers={"HX-Redirect": login_address(where)})
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(login_address(request.url.path + query), 303)


def login_address(next_page: str) -> str:
    return "/login" if next_page == "/" else f"/login?next={quote(next_page)}"
