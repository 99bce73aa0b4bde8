"""Waves: make one, pick it along the shelves, give it up."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.warehouse import PICK, SHORT_REASONS
from purvey.kit.process import Refusal
from purvey.operations.waves import WaveWish, make_waves, release_waves
from purvey.queries.warehouse import find_wave, list_goods
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import back, render
from purvey.web.office.warehouse.parcels import TO_PICK
from purvey.web.office.warehouse.rows import goods_rows, grouped
from purvey.web.office.warehouse.work import PLACE, READ, WRITE

ONE = f"{PLACE}/waves/{{wave}}"


@deed(f"{PLACE}/waves", right=WRITE)
def make(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: location, method, most."""
    most = text(form, "most")
    wish = WaveWish(
        location=text(form, "location"),
        method=text(form, "method") or None,
        most=int(most) if most.isascii() and most.isdigit() and len(most) < 5 else 0,
    )
    [answer] = visitor.do(make_waves, [wish])
    if isinstance(answer, Refusal):
        return back(PLACE, told=answer.sentence)
    return back(f"{PLACE}/waves/{answer.id}", told="The wave is yours.")


@page(ONE, right=READ)
def show_wave(request: Request, visitor: Visitor) -> Response:
    wave_id = request.path_params["wave"]
    with visitor.reading() as sql:
        found = find_wave(sql, wave_id)
        goods = list_goods(sql, found[1]) if found else []
    if found is None:
        raise HTTPException(404, "There is no such wave.")
    wave, shipments = found
    to_pick = [one for one in goods if one.state in TO_PICK]
    rows = goods_rows(to_pick, PICK)
    return render(
        visitor,
        "warehouse/goods.html",
        wave=wave,
        work=None,
        goods=to_pick,
        rows=rows,
        groups=grouped(rows),
        stage=PICK,
        shipments=shipments,
        after=f"{PLACE}/waves/{wave_id}",
        unpicked=sum(row.open for row in rows),
        reasons=list(SHORT_REASONS.items()),
        may_write=visitor.may(WRITE),
        problem="",
    )


@deed(f"{ONE}/release", right=WRITE)
def release(request: Request, visitor: Visitor, form: FormData) -> Response:
    [answer] = visitor.do(release_waves, [request.path_params["wave"]])
    if isinstance(answer, Refusal):
        raise HTTPException(404, answer.sentence)
    return back(PLACE, told="Released: its parcels are free for another wave.")
