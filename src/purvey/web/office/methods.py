"""Settings > Shipping methods: what customers choose from, what it costs, how long it takes."""

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey.domain.money import BadAmount, to_minor, to_text
from purvey.kit.process import Refusal
from purvey.operations.fulfil import PICKUP
from purvey.operations.put_places import Put, change_methods
from purvey.ports.storage import ShippingMethod
from purvey.queries.catalogue import list_methods
from purvey.web.office import html
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.forms import text, whole
from purvey.web.office.webhooks import problems_of

PLACE, RIGHT = "/settings/methods", "settings:write"


@page(PLACE, right=RIGHT)
def show_methods(request: Request, visitor: Visitor) -> Response:
    return html.render(
        visitor, "settings/methods.html", place=PLACE, found=_all(visitor), pickup=PICKUP
    )


@page(PLACE + "/new", right=RIGHT)
def show_new(request: Request, visitor: Visitor) -> Response:
    currency = visitor.house.settings.currency
    new = ShippingMethod(
        code="", name="", price=0, currency=currency, days_from=3, days_to=5, version=0
    )
    return _form(visitor, new, price="")


@deed(PLACE, right=RIGHT)
def add(request: Request, visitor: Visitor, form: FormData) -> Response:
    return _save(visitor, form, code=text(form, "code").strip(), version=0)


@page(PLACE + "/{code:path}", right=RIGHT)
def show_method(request: Request, visitor: Visitor) -> Response:
    code = request.path_params["code"]
    found = next((one for one in _all(visitor) if one.code == code), None)
    if found is None:
        raise HTTPException(404, "There is no such shipping method.")
    return _form(visitor, found, price=to_text(found.price, found.currency))


@deed(PLACE + "/{code:path}", right=RIGHT)
def save(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: name, price, days_from, days_to, active, version (of what was shown)."""
    version = whole(text(form, "version")) or 0
    return _save(visitor, form, code=request.path_params["code"], version=max(1, version))


def _save(visitor: Visitor, form: FormData, *, code: str, version: int) -> Response:
    price, currency = text(form, "price").strip(), visitor.house.settings.currency
    minor, problem = _minor(price, currency)
    wish = ShippingMethod(
        code=code,
        name=text(form, "name").strip(),
        price=minor,
        currency=currency,
        days_from=_days(form, "days_from"),
        days_to=_days(form, "days_to"),
        active=text(form, "active") == "1",
        version=version,
    )
    if problem:
        return _form(visitor, wish, price=price, problems={"price": problem})
    (answer,) = visitor.do(change_methods, [Put(place=wish, version=version)])
    if isinstance(answer, Refusal):
        return _form(visitor, wish, price=price, problems=problems_of(answer))
    return html.back(PLACE, told=f"{answer.name} is saved. It counts for new orders.")


def _minor(price: str, currency: str) -> tuple[int, str]:
    try:
        return to_minor(price or "0", currency), ""
    except BadAmount as error:
        return 0, str(error)


def _days(form: FormData, name: str) -> int:
    """-1 for what is no number: refused with its field."""
    days = whole(text(form, name))
    return -1 if days is None else days


def _form(
    visitor: Visitor,
    shown: ShippingMethod,
    *,
    price: str,
    problems: Mapping[str, str] | None = None,
) -> Response:
    return html.render(
        visitor,
        "settings/method.html",
        status=422 if problems else 200,
        place=PLACE,
        one=shown,
        price=price,
        pickup=PICKUP,
        problems=problems or {},
    )


def _all(visitor: Visitor) -> list[ShippingMethod]:
    with visitor.reading() as sql:
        return list_methods(sql)
