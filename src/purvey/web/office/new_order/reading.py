"""From what was written to the order's content, as it comes from everywhere; and from what is
wrong with that content back to the field where it was written."""

import re
from typing import Any

from purvey.adapters.files.countries import code_of
from purvey.web.office.new_order.written import ADDRESS, Written

Json = dict[str, Any]
_CONTACT = ("name", "email", "phone", "external_id", "language")
_COMMA = re.compile(r"^(\d+),(\d{1,3})$")
_DIGITS = re.compile(r"^\d{1,9}$")
_LINE = re.compile(r"^/lines/(\d+)(?:/(\w+))?$")
_OF_LINE = {"unit_price": "price", "quantity": "units", "sku": "units"}
_ELSEWHERE = {
    "/ship_to": "line1",
    "/ship_to/name": "ship_name",
    "/shipping/method": "method",
    "/requested_delivery_date": "date",
    "/discounts": "discount",
    "/discounts/0/amount": "discount",
    "/discounts/0/code": "discount_reason",
    "/payment": "pay",
    "/customer": "email",
}


def content_of(written: Written, *, currency: str) -> Json:
    """The order as `POST /orders` takes it; what is left empty is left out."""
    return {
        "channel": _channel(written),
        "currency": currency,
        "customer": _given(written, _CONTACT),
        "ship_to": address_in(written),
        "lines": [
            {"sku": line.sku, "quantity": _number(line.units)}
            | ({"unit_price": amount(line.price)} if line.price else {})
            for line in written.lines
        ],
        "shipping": {"method": written["method"], "complete": written["complete"] == "1"},
        "discounts": _discounts(written),
        "requested_delivery_date": written["date"] or None,
        "payment": _payment(written),
        "notes": written["notes"] or None,
        "metadata": _metadata(written),
    }


def _channel(written: Written) -> str:
    if written.at_counter:
        return "store"
    return "email" if written["channel"] == "email" else "phone"


def _given(written: Written, names: tuple[str, ...]) -> Json | None:
    return {name: written[name] for name in names if written[name]} or None


def address_in(written: Written) -> Json | None:
    """Nobody writes the name twice: without one of its own, the parcel is the customer's."""
    if written["method"] == "pickup":
        return None
    address = _given(written, ADDRESS)
    if address is None or not any(written[name] for name in ("line1", "city", "postal_code")):
        return None
    if "country" in address:
        address["country"] = code_of(address["country"]) or address["country"].upper()
    name = written["ship_name"] or written["name"]
    return {**address, "name": name} if name else address


def _number(given: str) -> int | str:
    return int(given) if _DIGITS.match(given) else given


def amount(given: str) -> str:
    """ "2,50" is read as "2.50"."""
    return _COMMA.sub(r"\1.\2", given.strip())


def _discounts(written: Written) -> list[Json]:
    if not written["discount"]:
        return []
    return [{"code": written["discount_reason"], "amount": amount(written["discount"])}]


def _payment(written: Written) -> Json:
    match written["pay"]:
        case "card":
            return {"gateway": written["gateway"]} | (_given(written, ("token",)) or {})
        case "terms":
            return {"terms": written["terms"]} | (_given(written, ("purchase_order",)) or {})
        case method:
            return {"method": method}


def _metadata(written: Written) -> Json | None:
    """What the receipt has to say."""
    if written.at_counter and written["pay"] == "cash" and written["given"]:
        return {"cash_given": amount(written["given"])}
    return None


def field_of(pointer: str) -> str:
    """Where on the page the part of an order stands that a pointer names."""
    if found := _LINE.match(pointer):
        return f"{_OF_LINE.get(found[2] or '', 'units')}-{found[1]}"
    return _ELSEWHERE.get(pointer) or pointer.rpartition("/")[2] or "order"
