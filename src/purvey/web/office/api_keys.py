"""Settings > API keys: made here, shown once, revoked."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.rights import RIGHTS
from purvey.operations.people import note
from purvey.storage.api_keys import EVERYTHING, ApiKey, NewKey, create_keys, list_keys, revoke_keys
from purvey.storage.transaction import SqlTransaction
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text, texts
from purvey.web.office.html import render
from purvey.wiring import new_id

PLACE = "/settings/keys"
MAX_NAME = 60


@page(PLACE, right="users:write")
def show_keys(request: Request, visitor: Visitor) -> Response:
    revoked = request.query_params.get("told") == "revoked"
    told = "Revoked. Running servers stop taking it within seconds." if revoked else ""
    return _keys(visitor, after=request.query_params.get("after", ""), told=told)


def _keys(
    visitor: Visitor,
    *,
    after: str = "",
    told: str = "",
    made: tuple[ApiKey, str] | None = None,
    problems: dict[str, str] | None = None,
    name: str = "",
    chosen: frozenset[str] = frozenset(),
) -> Response:
    with visitor.reading() as sql:
        keys = list_keys(sql, after=after)
    return render(
        visitor,
        "api_keys.html",
        status=422 if problems else 200,
        keys=keys,
        rights=RIGHTS,
        everything=EVERYTHING,
        told=told,
        made=made,
        problems=problems or {},
        name=name,
        chosen=chosen,
    )


@deed(PLACE, right="users:write")
def make_key(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Shown on the page that answers, and never again."""
    name, chosen = text(form, "name").strip(), frozenset(texts(form, "scope"))
    problems = {}
    if not (0 < len(name) <= MAX_NAME and name.isprintable()):
        problems["name"] = f"Write who uses the key, in 1 to {MAX_NAME} characters."
    if not chosen or not chosen <= {EVERYTHING, *RIGHTS}:
        problems["scope"] = "Choose what the key may do."
    if problems:
        return _keys(visitor, problems=problems, name=name, chosen=chosen)
    wish = NewKey(name=name, scopes=tuple(sorted(chosen)))
    act = visitor.house.act(visitor.actor)

    def make(tx: SqlTransaction) -> tuple[ApiKey, str]:
        [made] = create_keys(tx.sql, [wish], new_id=new_id, now=act.now)
        deed, what = "made the API key", ", ".join(wish.scopes)
        tx.people.note([note(act, name, deed=deed, detail=what)])
        return made

    return _keys(visitor, made=visitor.run(make))


@deed(PLACE + "/{key}/revoke", right="users:write")
def revoke_key(request: Request, visitor: Visitor, form: FormData) -> Response:
    key_id, act = request.path_params["key"], visitor.house.act(visitor.actor)

    def revoke(tx: SqlTransaction) -> None:
        if revoke_keys(tx.sql, [key_id], now=act.now):
            tx.people.note([note(act, key_id, deed="revoked the API key")])

    visitor.run(revoke)
    return RedirectResponse(f"{PLACE}?told=revoked", 303)
