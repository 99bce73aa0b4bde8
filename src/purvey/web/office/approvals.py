"""Approvals: what one person asks for and another decides; see domain/approvals.py."""

import json
from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from purvey.domain.approvals import RIGHTS, Approval, Kind
from purvey.domain.money import BadAmount, to_minor, to_text
from purvey.kit.process import Refusal
from purvey.operations.approvals import Question, Verdict, ask, decide_approvals
from purvey.queries.approvals import (
    Listed,
    catalogue_prices,
    decided_approvals,
    find_approval,
    waiting_approvals,
)
from purvey.queries.order_parts import find_payment
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import render

PLACE = "/approvals"
ROWS = 100
TOLD = {
    "asked": "Asked. Another person decides; you see it here and in the order's history.",
    "approve": "Approved and done, in both names.",
    "refuse": "Refused.",
    "withdraw": "Taken back.",
}


@page(PLACE, right="orders:read")
def show_approvals(request: Request, visitor: Visitor) -> Response:
    return _approvals(visitor, told=TOLD.get(request.query_params.get("told", ""), ""))


def _approvals(visitor: Visitor, *, told: str = "", problem: str = "") -> Response:
    with visitor.reading() as sql:
        waiting = waiting_approvals(sql, now=visitor.house.clock(), limit=ROWS)
        decided = decided_approvals(sql, limit=ROWS)
        skus = {line[1] for one in waiting for line in _content(one.approval)}
        prices = catalogue_prices(sql, skus)
    return render(
        visitor,
        "approvals.html",
        status=409 if problem else 200,
        waiting=[(one, _may_decide(visitor, one.approval)) for one in waiting],
        decided=decided,
        amount=lambda x: f"{to_text(x.amount, x.currency)} {x.currency}",
        lines=lambda x: _lines(x, prices),
        told=told,
        problem=problem,
    )


def _may_decide(visitor: Visitor, approval: Approval) -> str:
    """approve, withdraw (one's own) or nothing."""
    if approval.asked_by == visitor.actor:
        return "withdraw"
    return "approve" if visitor.may(RIGHTS[approval.kind]) else ""


def _lines(approval: Approval, prices: Mapping[str, int]) -> list[tuple[str, int, str, str]]:
    """Of a price: sku, units, unit price, and the catalogue's."""
    currency = approval.currency
    return [
        (sku, units, to_text(price, currency), to_text(prices.get(sku, price), currency))
        for _, sku, units, price in _content(approval)
    ]


def _content(approval: Approval) -> list[tuple[int, str, int, int]]:
    """The lines of a price: number, sku, units, unit price."""
    return [tuple(line) for line in json.loads(approval.content).get("lines", ())]


@page(PLACE + "/ask", right="payments:write")
def show_question(request: Request, visitor: Visitor) -> Response:
    """The form for a refund; `payment` and `amount` may be given."""
    given = {name: request.query_params.get(name, "")[:100] for name in ("payment", "amount")}
    return _question(visitor, **given)


def _question(
    visitor: Visitor, *, payment: str, amount: str, reason: str = "", problem: str = ""
) -> Response:
    with visitor.reading() as sql:
        found = find_payment(sql, payment)
    if found is None:
        raise HTTPException(404, "There is no such payment.")
    most = to_text(found.part.received, found.order.currency)
    return render(
        visitor,
        "ask_approval.html",
        status=422 if problem else 200,
        order=found.order,
        payment=found.part,
        amount=amount or most,
        reason=reason,
        most=most,
        problem=problem,
    )


@deed(PLACE + "/refunds", right="payments:write")
def ask_refund(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: payment, amount (empty: all), reason."""
    given = {name: text(form, name)[:500] for name in ("payment", "amount", "reason")}
    with visitor.reading() as sql:
        found = find_payment(sql, given["payment"])
    if found is None:
        raise HTTPException(404, "There is no such payment.")
    try:
        amount = to_minor(given["amount"], found.order.currency) if given["amount"] else None
    except BadAmount as error:
        return _question(visitor, **given, problem=str(error))
    wish = Question(
        kind=Kind.REFUND, subject_id=given["payment"], amount=amount, reason=given["reason"]
    )
    [answer] = visitor.do(ask, [wish])
    if isinstance(answer, Refusal):
        return _question(visitor, **given, problem=answer.sentence)
    return RedirectResponse(f"{PLACE}?told=asked", 303)


@deed(PLACE + "/prices", right="prices:override")
def ask_price(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: order (its id), reason."""
    wish = Question(
        kind=Kind.PRICE, subject_id=text(form, "order")[:100], reason=text(form, "reason")[:500]
    )
    [answer] = visitor.do(ask, [wish])
    if isinstance(answer, Refusal):
        return _approvals(visitor, problem=answer.sentence)
    return RedirectResponse(f"{PLACE}?told=asked", 303)


@deed(PLACE + "/refund/{approval}", right="refunds:approve")
def decide_refund(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: verdict (approve, refuse), note."""
    return _decide(request, visitor, form, Kind.REFUND)


@deed(PLACE + "/price/{approval}", right="prices:approve")
def decide_price(request: Request, visitor: Visitor, form: FormData) -> Response:
    return _decide(request, visitor, form, Kind.PRICE)


@deed(PLACE + "/return/{approval}", right="refunds:approve")
def decide_return(request: Request, visitor: Visitor, form: FormData) -> Response:
    return _decide(request, visitor, form, Kind.RETURN)


def _decide(request: Request, visitor: Visitor, form: FormData, kind: Kind) -> Response:
    verdict = text(form, "verdict")
    if verdict not in ("approve", "refuse"):
        raise HTTPException(422, "verdict: choose approve or refuse.")
    wish = Verdict(
        approval_id=request.path_params["approval"],
        kind=kind,
        approve=verdict == "approve",
        note=text(form, "note")[:500],
    )
    return _decided(visitor, wish, told=verdict)


def _decided(visitor: Visitor, wish: Verdict, *, told: str) -> Response:
    [answer] = visitor.do(decide_approvals, [wish])
    if isinstance(answer, Refusal):
        return _approvals(visitor, problem=answer.sentence)
    return RedirectResponse(f"{PLACE}?told={told}", 303)


@deed(PLACE + "/{approval}/withdraw", right="orders:read")
def withdraw(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Take one's own question back."""
    with visitor.reading() as sql:
        found: Listed | None = find_approval(sql, request.path_params["approval"])
    if found is None or found.approval.asked_by != visitor.actor:
        raise HTTPException(404, "You did not ask for this.")
    approval = found.approval
    wish = Verdict(approval_id=approval.id, kind=approval.kind, approve=False)
    return _decided(visitor, wish, told="withdraw")
