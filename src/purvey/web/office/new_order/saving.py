"""Kept while it is written: a closed tab loses nothing. And thrown away, when asked."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.kit.process import Refusal
from purvey.operations.save_drafts import OVERTAKEN, DraftOf, drop_drafts
from purvey.web.office.door import Visitor, deed
from purvey.web.office.html import back
from purvey.web.office.new_order.judging import judge
from purvey.web.office.new_order.page import part
from purvey.web.office.new_order.sheet import ONE, PLACE, RIGHT, Sheet, keep, posted_sheet
from purvey.web.office.new_order.written import Written


@deed(ONE + "/save", right=RIGHT)
def save(request: Request, visitor: Visitor, form: FormData) -> Response:
    """All fields of the sheet."""
    return kept(request, visitor, posted_sheet(request, form))


def kept(
    request: Request, visitor: Visitor, sheet: Sheet, *names: str, focus: str = ""
) -> Response:
    """Keep it, and answer with the named parts of the page; without scripts, with all of it."""
    judged = judge(visitor, sheet.written, key=sheet.key)
    answer = keep(visitor, sheet, judged=judged)
    problem = answer.sentence if isinstance(answer, Refusal) and answer != OVERTAKEN else ""
    if request.headers.get("hx-request"):
        return part(visitor, sheet, *names, judged=judged, problem=problem, focus=focus)
    return back(sheet.path, told=problem) if problem else RedirectResponse(sheet.path, 303)


def changed(request: Request, form: FormData, written: Written) -> Sheet:
    return posted_sheet(request, form).with_(written)


@deed(ONE + "/delete", right=RIGHT)
def delete(request: Request, visitor: Visitor, form: FormData) -> Response:
    wish = DraftOf(id=request.path_params["draft"], person_id=visitor.person.id)
    [answer] = visitor.do(drop_drafts, [wish])
    told = answer.sentence if isinstance(answer, Refusal) else "The draft is deleted."
    return back(PLACE, told=told)
