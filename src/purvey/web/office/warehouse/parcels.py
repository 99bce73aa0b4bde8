"""One parcel: its goods are picked, looked at once more, packed; it gets its papers and leaves."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.states import ShipmentState
from purvey.domain.warehouse import HAND_OVER, PACK, PICK, SHORT_REASONS
from purvey.kit.process import Refusal
from purvey.operations.fulfil import ShipmentStep, fulfil
from purvey.operations.short_pick import ShortPick, short_pick
from purvey.queries.warehouse import Work, find_work, list_goods
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import back, render
from purvey.web.office.warehouse.rows import goods_rows, parcel_rows
from purvey.web.office.warehouse.work import PLACE, READ, WRITE

ONE = f"{PLACE}/parcels/{{shipment}}"
TO_PICK = (ShipmentState.PLANNED, ShipmentState.PICKING)
MAX_DIGITS = 9


@page(ONE, right=READ)
def show_parcel(request: Request, visitor: Visitor) -> Response:
    return parcel_page(request, visitor)


@page(f"{ONE}/pack", right=READ)
def show_packing(request: Request, visitor: Visitor) -> Response:
    return parcel_page(request, visitor, stage=PACK)


def parcel_page(
    request: Request, visitor: Visitor, *, stage: str = PICK, refusal: Refusal | None = None
) -> Response:
    """`refusal`: why what was asked for was not done."""
    shipment_id = request.path_params["shipment"]
    with visitor.reading() as sql:
        work = find_work(sql, {shipment_id}).get(shipment_id)
        goods = list_goods(sql, {shipment_id})
    if work is None:
        raise HTTPException(404, "There is no such parcel.")
    open_ones = work.state in TO_PICK
    if not open_ones:
        stage = HAND_OVER
    rows = goods_rows(goods, stage) if open_ones else parcel_rows([work])
    return render(
        visitor,
        f"warehouse/{'goods' if open_ones else 'parcel'}.html",
        status=409 if refusal else 200,
        work=work,
        goods=goods,
        rows=rows,
        groups=[],
        stage=stage,
        shipments=[shipment_id],
        after=f"{PLACE}/parcels/{shipment_id}{'/pack' if stage == PACK else ''}",
        unpicked=sum(one.wanted - one.picked for one in goods),
        wave=None,
        reasons=list(SHORT_REASONS.items()),
        may_write=visitor.may(WRITE),
        problem=refusal.sentence if refusal else "",
    )


@page(f"{ONE}/label", right=READ)
def show_label_state(request: Request, visitor: Visitor) -> Response:
    """The part of the page that waits for the carrier."""
    work = _work(request, visitor)
    rows = parcel_rows([work])
    return render(visitor, "warehouse/label.html", work=work, rows=rows)


@deed(f"{ONE}/pack", right=WRITE)
def pack(request: Request, visitor: Visitor, form: FormData) -> Response:
    """All is inside: close the parcel; the carrier is asked for its label."""
    work = _work(request, visitor)
    steps = ("pick", "pack") if work.state == ShipmentState.PLANNED else ("pack",)
    wanted = [ShipmentStep(shipment_id=work.shipment_id, trigger=step) for step in steps]
    answer = visitor.do(fulfil, wanted)[-1]
    if isinstance(answer, Refusal):
        return parcel_page(request, visitor, stage=PACK, refusal=answer)
    return back(f"{PLACE}/parcels/{work.shipment_id}", told="Packed.")


@deed(f"{ONE}/short", right=WRITE)
def tell_short(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: line, found, reason, after (the page to go back to)."""
    numbers = text(form, "line"), text(form, "found").strip()
    if not all(x.isascii() and x.isdigit() and len(x) <= MAX_DIGITS for x in numbers):
        sentence = "How many are there? Write a whole number, 0 for none."
        return parcel_page(request, visitor, refusal=Refusal("bad_quantity", sentence))
    work = _work(request, visitor)
    if work.state == ShipmentState.PLANNED:
        step = ShipmentStep(shipment_id=work.shipment_id, trigger="pick")
        [started] = visitor.do(fulfil, [step])
        if isinstance(started, Refusal):
            return parcel_page(request, visitor, refusal=started)
    wish = ShortPick(
        shipment_id=work.shipment_id,
        line=int(numbers[0]),
        found=int(numbers[1]),
        reason=text(form, "reason"),
    )
    [answer] = visitor.do(short_pick, [wish])
    if isinstance(answer, Refusal):
        return parcel_page(request, visitor, refusal=answer)
    told = f"Noted: {wish.found} are there. The rest waits, or comes from another shelf."
    return back(after_of(form, f"{PLACE}/parcels/{work.shipment_id}"), told=told)


def after_of(form: FormData, usual: str) -> str:
    """The page that a form names to go on with: one of the warehouse's."""
    after = text(form, "after")
    return after if after.startswith(f"{PLACE}/") and "\\" not in after else usual


def _work(request: Request, visitor: Visitor) -> Work:
    shipment_id = request.path_params["shipment"]
    with visitor.reading() as sql:
        work = find_work(sql, {shipment_id}).get(shipment_id)
    if work is None:
        raise HTTPException(404, "There is no such parcel.")
    return work
