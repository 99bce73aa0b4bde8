"""The sheet on which an order is written: a draft on the server, and the page that shows it."""

import re
from dataclasses import dataclass, replace
from typing import Self

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request

from purvey.domain.money import to_text
from purvey.kit.process import Refusal
from purvey.operations.save_drafts import DraftWriting, save_drafts
from purvey.ports.desk import SavedDraft
from purvey.queries.desk import find_draft, open_locations, shipping_methods, usual_country
from purvey.storage.times import from_us, to_us
from purvey.web.office.door import Visitor
from purvey.web.office.forms import text
from purvey.web.office.new_order.judging import Judged
from purvey.web.office.new_order.written import COUNTER, PHONE, Written, from_form, from_json
from purvey.wiring import new_id

PLACE = "/orders/new"
ONE = PLACE + "/{draft}"
RIGHT = "orders:write"
COLLECTED = "pickup"
NET = "net30"
_ID = re.compile(r"^drf_[0-9a-f]{32}$")
_PAGE_ID = re.compile(r"^pag_[0-9a-f]{32}$")
_NUMBER = re.compile(r"^\d{1,18}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """`seen`: when the draft had last been changed as the page knows it, in microseconds."""

    id: str
    page_id: str
    turn: int = 0
    seen: int | None = None
    written: Written

    @property
    def path(self) -> str:
        return f"{PLACE}/{self.id}"

    @property
    def key(self) -> str:
        """However often this draft is placed, it is one order; so are all drafts of one quote."""
        quote = self.written["quote"]
        return f"office:quote:{quote}" if quote else f"office:{self.id}"

    def with_(self, written: Written) -> Self:
        return replace(self, written=written)


def new_sheet(visitor: Visitor, *, at: str) -> Sheet:
    """Nothing is kept before something is written."""
    house = visitor.house
    with visitor.reading() as sql:
        methods = [method.code for method in shipping_methods(sql)]
        places, country = open_locations(sql), usual_country(sql)
    usual = next((code for code in methods if code != COLLECTED), COLLECTED)
    fields = {
        "channel": PHONE,
        "method": COLLECTED if at == COUNTER else usual,
        "country": country,
        "pay": "cash" if at == COUNTER else "bank_transfer",
        "gateway": min(house.policies.gateways, default=""),
        "terms": NET,
        "location": places[0].code if places else "",
    }
    return Sheet(id=new_id("drf"), page_id=new_id("pag"), written=Written(at=at, fields=fields))


def sheet_of(draft: SavedDraft) -> Sheet:
    """A page of its own for a draft that is there."""
    return Sheet(
        id=draft.id,
        page_id=new_id("pag"),
        seen=to_us(draft.changed_at),
        written=from_json(draft.content),
    )


def own_draft(request: Request, visitor: Visitor) -> SavedDraft:
    """Raises HTTPException (404)."""
    with visitor.reading() as sql:
        draft = find_draft(sql, request.path_params["draft"], person_id=visitor.person.id)
    if draft is None:
        raise HTTPException(404, "You have no such draft. It may have been deleted or ordered.")
    return draft


def posted_sheet(request: Request, form: FormData) -> Sheet:
    id_, page_id = request.path_params["draft"], text(form, "page_id")
    if not (_ID.match(id_) and _PAGE_ID.match(page_id)):
        raise HTTPException(404, "There is no such draft. Start a new order.")
    turn, seen = text(form, "turn"), text(form, "seen")
    return Sheet(
        id=id_,
        page_id=page_id,
        turn=int(turn) if _NUMBER.match(turn) else 0,
        seen=int(seen) if _NUMBER.match(seen) else None,
        written=from_form(form),
    )


def keep(visitor: Visitor, sheet: Sheet, *, judged: Judged) -> SavedDraft | Refusal:
    """Write it down, in this person's name."""
    writing = DraftWriting(
        id=sheet.id,
        person_id=visitor.person.id,
        content=sheet.written.to_json(),
        title=_title(sheet.written),
        total=judged.sums.total,
        page_id=sheet.page_id,
        turn=sheet.turn,
        contact=sheet.written.contact,
        seen=None if sheet.seen is None else from_us(sheet.seen),
    )
    answer: SavedDraft | Refusal = visitor.do(save_drafts, [writing])[0]
    return answer


def _title(written: Written) -> str:
    who = written["name"] or written["email"] or written["phone"] or "Nobody yet"
    count = len(written.lines)
    return f"{who}, {count} {'line' if count == 1 else 'lines'}"


def in_words(visitor: Visitor, minor: int) -> str:
    currency = visitor.house.settings.currency
    return f"{to_text(minor, currency)} {currency}"
