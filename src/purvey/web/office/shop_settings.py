"""Settings > Shop: every setting with its value and where it comes from; what the shop decides for
itself is changed here, unless the file or the environment says it."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.config import defaults, words_of_setting
from purvey.kit.process import Refusal
from purvey.operations.change_settings import NewSetting, change_settings
from purvey.setting_parts import with_changes
from purvey.storage.shop_settings import SqlShopSettings
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import back, render
from purvey.web.office.setting_words import Shown, shown_settings

PLACE, RIGHT = "/settings/shop", "settings:write"
MAX_LENGTH = 500  # characters of a value: more of one a message would not show
LONG = frozenset({"return_instructions"})  # texts of several lines, which mails show as one
NEVER_EMPTY = frozenset({"shop_name"})


@page(PLACE, right=RIGHT)
def show_shop(request: Request, visitor: Visitor) -> Response:
    return render(visitor, "settings/shop.html", place=PLACE, chapters=_chapters(visitor))


@page(PLACE + "/{name}", right=RIGHT)
def show_setting(request: Request, visitor: Visitor) -> Response:
    shown = _one(visitor, request.path_params["name"])
    return _form(visitor, shown, value=str(getattr(visitor.house.settings, shown.name)))


@deed(PLACE + "/{name}", right=RIGHT)
def save_setting(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: value, or reset=1 for the default; was (the change that was shown) if changed=1."""
    shown = _one(visitor, request.path_params["name"])
    value = None if text(form, "reset") else _lines(form, "value").strip()
    problem = "" if value is None else _problem(visitor, shown.name, value)
    if problem:
        return _form(visitor, shown, value=value or "", problem=problem)
    was = _lines(form, "was") if text(form, "changed") else None
    [answer] = visitor.do(change_settings, [NewSetting(name=shown.name, value=value, was=was)])
    visitor.house.refresh()
    if isinstance(answer, Refusal):
        now = str(getattr(visitor.house.settings, shown.name))
        problem = f"{answer.sentence} It is now {now or 'not set'}. Save again to overwrite that."
        return _form(visitor, _one(visitor, shown.name), value=value or "", problem=problem)
    return back(PLACE, told=f"{shown.name} is saved. All servers and workers follow in seconds.")


def _lines(form: FormData, name: str) -> str:
    """Browsers end lines in their own way."""
    return text(form, name).replace("\r\n", "\n")


def _problem(visitor: Visitor, name: str, value: str) -> str:
    """What is wrong with it; empty: nothing."""
    if len(value) > MAX_LENGTH:
        return f"Write at most {MAX_LENGTH:,} characters."
    if not value and name in NEVER_EMPTY:
        return "It needs a value."
    if not value.replace("\n", "" if name in LONG else "\n").isprintable():
        return "Write one line of plain text, without tabs and other signs that cannot be seen."
    try:
        with_changes(visitor.house.settings, {name: value})
    except ValueError as error:
        sentence = str(error).removeprefix(f"{name}: ")
        return sentence[:1].upper() + sentence[1:]
    return ""


def _form(visitor: Visitor, shown: Shown, *, value: str, problem: str = "") -> Response:
    return render(
        visitor,
        "settings/setting.html",
        status=422 if problem else 200,
        place=PLACE,
        one=shown,
        value=value,
        default=str(defaults()[shown.name]),
        options=[(word, word) for word in words_of_setting(shown.name)],
        is_long=shown.name in LONG,
        most=MAX_LENGTH,
        problem=problem,
    )


def _chapters(visitor: Visitor) -> list[tuple[str, list[Shown]]]:
    with visitor.reading() as sql:
        changes = SqlShopSettings(sql).read()
    return shown_settings(visitor.house.settings, changes)


def _one(visitor: Visitor, name: str) -> Shown:
    """Raises HTTPException (404) for one that cannot be changed here."""
    for _, settings in _chapters(visitor):
        for one in settings:
            if one.name == name and one.may_change:
                return one
    raise HTTPException(404, "There is no such setting, or it is not changed here.")
