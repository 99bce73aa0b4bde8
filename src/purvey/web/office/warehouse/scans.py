"""Scans come in: many at once from a phone's queue, one by one from a form without script."""

import json
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from purvey.domain.warehouse import HAND_OVER, STAGES
from purvey.kit.process import Refusal
from purvey.operations.scan import Counted, Scanned, record_scans
from purvey.queries.warehouse import find_work, list_goods
from purvey.web.office.door import Visitor, deed
from purvey.web.office.forms import text, texts
from purvey.web.office.html import back
from purvey.web.office.warehouse.parcels import after_of
from purvey.web.office.warehouse.rows import Row, goods_rows, meant, parcel_rows
from purvey.web.office.warehouse.work import PLACE, WRITE
from purvey.wiring import new_id

MAX_AT_ONCE = 200
UNREADABLE = f"scans: send a list of up to {MAX_AT_ONCE}, each with id, shipment, stage and code."


@deed(f"{PLACE}/scans", right=WRITE)
def take_scans(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: scans (JSON). Answers each by its id: counted, or why not. To send one again is
    harmless; what was answered need not be sent again."""
    scans = _read(text(form, "scans"))
    answers = visitor.do(record_scans, scans) if scans else []
    told = [_told(scan, answer) for scan, answer in zip(scans, answers, strict=True)]
    return JSONResponse({"answers": told})


def _read(body: str) -> list[Scanned]:
    try:
        given: Any = json.loads(body)
        if not isinstance(given, list) or len(given) > MAX_AT_ONCE:
            raise ValueError(UNREADABLE)
        return [_scan(one) for one in given]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise HTTPException(422, UNREADABLE) from None


def _scan(given: dict[str, Any]) -> Scanned:
    words = [given[name] for name in ("id", "shipment", "stage", "code")]
    if not all(isinstance(word, str) and "\0" not in word for word in words):
        raise TypeError(UNREADABLE)
    scan_id, shipment, stage, code = words
    return Scanned(id=scan_id, shipment_id=shipment, stage=stage, code=code)


def _told(scan: Scanned, answer: Counted | Refusal) -> dict[str, object]:
    if isinstance(answer, Refusal):
        return {"id": scan.id, "counted": False, "code": scan.code, "sentence": answer.sentence}
    return {
        "id": scan.id,
        "counted": True,
        "shipment": answer.shipment_id,
        "line": answer.line,
        "stage": answer.stage,
        "done": answer.done,
    }


@deed(f"{PLACE}/scan", right=WRITE)
def take_scan(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Without script. Fields: code, stage, shipment (each that the page shows), after."""
    stage, code = text(form, "stage"), text(form, "code").strip()[:200]
    if stage not in STAGES:
        raise HTTPException(422, f"stage: send one of {', '.join(STAGES)}.")
    rows = _rows(visitor, set(texts(form, "shipment")), stage)
    row, after = meant(rows, code), after_of(form, PLACE)
    if row is None:
        missing = ", ".join(dict.fromkeys(x.title for x in rows if x.open)) or "nothing more"
        return back(after, told=f"Wrong: {code}. Expected: {missing}.")
    scan = Scanned(id=new_id("scn"), shipment_id=row.shipment_id, stage=stage, code=code)
    [answer] = visitor.do(record_scans, [scan])
    if isinstance(answer, Refusal):
        return back(after, told=answer.sentence)
    return back(after, told=f"{row.title}: {answer.done} of {answer.wanted}.")


def _rows(visitor: Visitor, shipment_ids: set[str], stage: str) -> list[Row]:
    with visitor.reading() as sql:
        if stage == HAND_OVER:
            return parcel_rows(find_work(sql, shipment_ids).values())
        return goods_rows(list_goods(sql, shipment_ids), stage)
