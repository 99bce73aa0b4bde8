"""Parcels leave: each by its scan, or all of a carrier at once; and the list of what left today."""

from collections.abc import Iterable
from itertools import groupby

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.warehouse import HAND_OVER
from purvey.kit.process import Refusal
from purvey.operations.scan import Scanned, record_scans
from purvey.queries.warehouse import MAX_PARCELS, Work, count_work, list_handed_over, list_work
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import texts
from purvey.web.office.html import back, render
from purvey.web.office.warehouse.rows import parcel_rows
from purvey.web.office.warehouse.work import PLACE, READ, WRITE, location_of, tabs
from purvey.wiring import new_id

LEAVING = f"{PLACE}/leaving"


@page(LEAVING, right=READ)
def show_leaving(request: Request, visitor: Visitor) -> Response:
    """Packed parcels by carrier; those without a label wait below."""
    with visitor.reading() as sql:
        place, _ = location_of(request, sql)
        parcels = list_work(sql, place, HAND_OVER, limit=MAX_PARCELS)
        counts = count_work(sql, place)
    ready = [one for one in parcels if one.may_leave]
    rows = parcel_rows(ready)
    return render(
        visitor,
        "warehouse/leaving.html",
        place=place,
        tabs=tabs(counts, HAND_OVER),
        carriers=by_carrier(ready),
        rows={row.shipment_id: row for row in rows},
        waiting=[one for one in parcels if not one.may_leave],
        stage=HAND_OVER,
        shipments=[row.shipment_id for row in rows],
        after=LEAVING,
        may_write=visitor.may(WRITE),
    )


@deed(LEAVING, right=WRITE)
def hand_over_all(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: shipment (each that was shown for the carrier)."""
    scans = [
        Scanned(id=new_id("scn"), shipment_id=shipment_id, stage=HAND_OVER)
        for shipment_id in dict.fromkeys(texts(form, "shipment")[:MAX_PARCELS])
    ]
    answers = visitor.do(record_scans, scans) if scans else []
    refused = [answer.sentence for answer in answers if isinstance(answer, Refusal)]
    left = len(answers) - len(refused)
    told = f"{left} handed over." + (f" Not: {' '.join(refused)}" if refused else "")
    return back(LEAVING, told=told)


@page(f"{LEAVING}/list", right=READ)
def show_list(request: Request, visitor: Visitor) -> Response:
    """For the driver to sign: what left since midnight."""
    now = visitor.house.clock()
    with visitor.reading() as sql:
        place, _ = location_of(request, sql)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        parcels = list_handed_over(sql, place, since=midnight)
    carriers = by_carrier(parcels)
    return render(visitor, "warehouse/list.html", place=place, carriers=carriers)


def by_carrier(parcels: Iterable[Work]) -> list[tuple[str, list[Work]]]:
    def carrier(work: Work) -> str:
        return "Collected" if work.method == "pickup" else work.carrier or "No carrier"

    return [(name, list(some)) for name, some in groupby(sorted(parcels, key=carrier), carrier)]
