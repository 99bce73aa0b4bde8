"""The customer: suggested while somebody types, and chosen with contact and last address."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.draft import Address
from purvey.ports.storage import Customer
from purvey.queries.customers import find_customer
from purvey.queries.finding import last_address, suggest_customers
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text
from purvey.web.office.html import render
from purvey.web.office.new_order.judging import judge
from purvey.web.office.new_order.page import FOLDER, whole_page
from purvey.web.office.new_order.saving import kept
from purvey.web.office.new_order.sheet import ONE, PLACE, RIGHT, posted_sheet
from purvey.web.office.new_order.written import ADDRESS, CONTACT, Written

MOST_TEXT = 100


@page(PLACE + "/find/customers", right=RIGHT)
def show_customers(request: Request, visitor: Visitor) -> Response:
    """`who`: the beginning of a name, an e-mail address, a phone number, an external id."""
    with visitor.reading() as sql:
        found = suggest_customers(sql, request.query_params.get("who", "")[:MOST_TEXT])
    return render(visitor, FOLDER + "customer_options.html", found=found)


@deed(ONE + "/customer", right=RIGHT)
def choose_customer(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: `customer` (an id), or `who` to look for; and those of the sheet."""
    sheet = posted_sheet(request, form)
    if not text(form, "customer"):
        return _found(request, visitor, form)
    with visitor.reading() as sql:
        customer = find_customer(sql, text(form, "customer")[:64])
        address = last_address(sql, customer.id) if customer else None
    if customer is None:
        raise HTTPException(404, "There is no such customer any more.")
    sheet = sheet.with_(filled(sheet.written, customer, address=address))
    names = ("customer",) if sheet.written.at_counter else ("customer", "address")
    return kept(request, visitor, sheet, *names, focus="find")


def _found(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Without scripts: those who fit, as buttons."""
    sheet = posted_sheet(request, form)
    who = text(form, "who")[:MOST_TEXT]
    with visitor.reading() as sql:
        people = suggest_customers(sql, who)
    judged = judge(visitor, sheet.written, key=sheet.key)
    return whole_page(visitor, sheet, judged=judged, who=who, people=people, looked_for=True)


def filled(written: Written, customer: Customer, *, address: Address | None) -> Written:
    """What was written of somebody else is replaced."""
    contact = {name: getattr(customer, name) or "" for name in CONTACT}
    if address is None:
        return written.but(**contact)
    parts = {name: getattr(address, name) or "" for name in ADDRESS}
    recipient = address.name if address.name != customer.name else ""
    return written.but(**contact, **parts, ship_name=recipient or "")
