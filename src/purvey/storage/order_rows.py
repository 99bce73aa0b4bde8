"""An order and its parts as rows and back, mapped by hand. Column order is the tables' order."""

import json
from collections.abc import Iterator, Sequence
from operator import attrgetter
from typing import Any

from purvey.domain.amounts import paid, refunded, total
from purvey.domain.draft import Address, Contact, Discount
from purvey.domain.order import Hold, Line, Order, Payment, Shipment
from purvey.domain.states import OrderState, PaymentState, ShipmentState
from purvey.domain.waiting import waiting_for
from purvey.kit.json_text import compact
from purvey.storage.times import from_us, maybe_time, maybe_us, to_us

ADDRESS_FIELDS = tuple(Address.__slots__)
_address_values = attrgetter(*ADDRESS_FIELDS)


def order_row(order: Order) -> tuple[Any, ...]:
    return (
        order.id,
        order.number,
        order.state,
        order.version,
        order.channel,
        order.external_id,
        order.currency,
        order.customer_id,
        order.customer.email,
        order.customer.name,
        order.customer.phone,
        order.customer.external_id,
        address_json(order.ship_to),
        address_json(order.bill_to),
        order.shipping_method,
        int(order.ship_complete),
        order.shipping_total,
        order.tax_total,
        json.dumps([[x.code, x.amount] for x in order.discounts]) if order.discounts else "[]",
        order.discount_total,
        total(order),
        paid(order),
        refunded(order),
        to_us(order.placed_at),
        to_us(order.state_since),
        waiting_for(order).code,
        order.promised_from,
        order.promised_to,
        order.requested_delivery_date,
        order.notes,
        order.metadata,
        order.fingerprint,
        order.lookalike,
        order.track_token,
        order.history_hash,
        order.customer.language,
        len(order.returns),
    )


ORDER_COLUMNS = (
    "id, number, state, version, channel, external_id, currency, customer_id, customer_email,"
    " customer_name, customer_phone, customer_external_id, ship_to, bill_to, shipping_method,"
    " ship_complete, shipping_total, tax_total, discounts, discount_total, placed_at, state_since,"
    " promised_from, promised_to, requested_delivery_date, notes, metadata, fingerprint, lookalike,"
    " track_token, history_hash, customer_language, return_count"
)
MUTABLE = (
    "state",
    "version",
    "ship_to",
    "shipping_total",
    "total",
    "paid",
    "refunded",
    "state_since",
    "waiting_code",
    "promised_from",
    "promised_to",
    "notes",
    "history_hash",
    "return_count",
)


def update_row(order: Order, version_before: int) -> tuple[Any, ...]:
    return (
        order.state,
        order.version,
        address_json(order.ship_to),
        order.shipping_total,
        total(order),
        paid(order),
        refunded(order),
        to_us(order.state_since),
        waiting_for(order).code,
        order.promised_from,
        order.promised_to,
        order.notes,
        order.history_hash,
        len(order.returns),
        order.id,
        version_before,
    )


RETURN_COUNT = 32  # its place in ORDER_COLUMNS


def order_of(row: Sequence[Any], **parts: Any) -> Order:
    """`row` has ORDER_COLUMNS; `parts`: lines, holds, payments, shipments.

    Columns are taken by position: by name, reading an order costs twice as much.
    """
    discounts = row[18]
    return Order(
        id=row[0],
        number=row[1],
        state=OrderState(row[2]),
        version=row[3],
        channel=row[4],
        external_id=row[5],
        currency=row[6],
        customer_id=row[7],
        customer=Contact(
            email=row[8], name=row[9], phone=row[10], external_id=row[11], language=row[31]
        ),
        ship_to=address_of(row[12]),
        bill_to=address_of(row[13]),
        shipping_method=row[14],
        ship_complete=bool(row[15]),
        shipping_total=row[16],
        tax_total=row[17],
        discounts=_discounts(discounts) if discounts != "[]" else (),
        discount_total=row[19],
        placed_at=from_us(row[20]),
        state_since=from_us(row[21]),
        promised_from=row[22],
        promised_to=row[23],
        requested_delivery_date=row[24],
        notes=row[25],
        metadata=row[26],
        fingerprint=row[27],
        lookalike=row[28],
        track_token=row[29],
        history_hash=row[30],
        **parts,
    )


def _discounts(text: str) -> tuple[Discount, ...]:
    return tuple(Discount(code=code, amount=amount) for code, amount in json.loads(text))


def address_json(address: Address | None) -> str | None:
    if address is None:
        return None
    said = zip(ADDRESS_FIELDS, _address_values(address), strict=True)
    return compact({name: value for name, value in said if value is not None})


def address_of(text: str | None) -> Address | None:
    return None if text is None else Address(**json.loads(text))


LINE_COLUMNS = (
    "no, sku, name, unit_price, weight_grams, ordered, reserved, backordered, shipped, cancelled,"
    " returned"
)
LINE_MUTABLE = ("reserved", "backordered", "shipped", "cancelled", "returned")


def line_row(order_id: str, x: Line) -> tuple[Any, ...]:
    identity = (order_id, x.no, x.sku, x.name, x.unit_price, x.weight_grams, x.ordered)
    return (*identity, x.reserved, x.backordered, x.shipped, x.cancelled, x.returned)


def line_update(order_id: str, x: Line) -> tuple[Any, ...]:
    return (x.reserved, x.backordered, x.shipped, x.cancelled, x.returned, order_id, x.no)


def line_of(row: Sequence[Any], held: tuple[tuple[str, int], ...]) -> Line:
    """`row` starts with the order's id, then LINE_COLUMNS."""
    return Line(
        no=row[1],
        sku=row[2],
        name=row[3],
        unit_price=row[4],
        weight_grams=row[5],
        ordered=row[6],
        reserved=row[7],
        backordered=row[8],
        shipped=row[9],
        cancelled=row[10],
        returned=row[11],
        held=held,
    )


def reservation_rows(order_id: str, before: Line, *, after: Line) -> Iterator[tuple[Any, ...]]:
    """What is held now, and a zero for each place that no longer holds anything."""
    was, now = dict(before.held), dict(after.held)
    for place in sorted(was.keys() | now.keys()):
        if was.get(place, 0) != now.get(place, 0):
            yield (order_id, after.no, place, now.get(place, 0))


HOLD_COLUMNS = "id, type, reason, blocks, by, since, until, released_at, released_by"


def hold_row(order_id: str, x: Hold) -> tuple[Any, ...]:
    what = (order_id, x.id, x.type, x.reason, ",".join(x.blocks), x.by, to_us(x.since))
    return (*what, maybe_us(x.until), maybe_us(x.released_at), x.released_by)


def hold_of(row: Any) -> Hold:
    return Hold(
        id=row.id,
        type=row.type,
        reason=row.reason,
        blocks=tuple(row.blocks.split(",")),
        by=row.by,
        since=from_us(row.since),
        until=maybe_time(row.until),
        released_at=maybe_time(row.released_at),
        released_by=row.released_by,
    )


PAYMENT_COLUMNS = (
    "id, method, gateway, token, state, amount, authorised, captured, refunded, voided, reference,"
    " reason, terms, purchase_order, expires_at, created_at, confirm_url"
)


def payment_row(order_id: str, x: Payment) -> tuple[Any, ...]:
    what = (order_id, x.id, x.method, x.gateway, x.token, x.state)
    money = (x.amount, x.authorised, x.captured, x.refunded, x.voided)
    terms = (x.reference, x.reason, x.terms, x.purchase_order)
    times = (maybe_us(x.expires_at), to_us(x.created_at))
    return (*what, *money, *terms, *times, x.confirm_url)


def payment_of(row: Sequence[Any]) -> Payment:
    return Payment(
        id=row[1],
        method=row[2],
        gateway=row[3],
        token=row[4],
        state=PaymentState(row[5]),
        amount=row[6],
        authorised=row[7],
        captured=row[8],
        refunded=row[9],
        voided=row[10],
        reference=row[11],
        reason=row[12],
        terms=row[13],
        purchase_order=row[14],
        expires_at=maybe_time(row[15]),
        created_at=from_us(row[16]),
        confirm_url=row[17],
    )


SHIPMENT_COLUMNS = (
    "id, state, location, method, carrier, service, tracking_number, tracking_url, cost,"
    " planned_at, state_since"
)


def shipment_row(order_id: str, x: Shipment) -> tuple[Any, ...]:
    what = (order_id, x.id, x.state, x.location, x.method)
    label = (x.carrier, x.service, x.tracking_number, x.tracking_url, x.cost)
    return (*what, *label, to_us(x.planned_at), to_us(x.state_since))


def shipment_of(row: Sequence[Any], lines: tuple[tuple[int, int], ...]) -> Shipment:
    return Shipment(
        id=row[1],
        state=ShipmentState(row[2]),
        location=row[3],
        method=row[4],
        lines=lines,
        carrier=row[5],
        service=row[6],
        tracking_number=row[7],
        tracking_url=row[8],
        cost=row[9],
        planned_at=from_us(row[10]),
        state_since=from_us(row[11]),
    )
