"""One order as a page on the terminal."""

from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.text import Text

from purvey.cli.output import console, plain, table

Json = dict[str, Any]
COUNTS = ("ordered", "reserved", "backordered", "shipped", "cancelled", "returned")


def show_page(order: Json, events: Sequence[Json]) -> None:
    screen = console()
    _head(screen, order)
    _lines(screen, order)
    _parts(screen, order)
    _history(screen, events)


def _head(screen: Console, order: Json) -> None:
    screen.print(Text(f"Order {order['number']}  {order['state']}", style="bold"))
    if order["waiting_for"]:
        screen.print(Text(plain(order["waiting_for"]["sentence"])))
    totals, currency = order["totals"], order["currency"]
    for name, value in (
        ("id", order["id"]),
        ("channel", " ".join(filter(None, (order["channel"], order["external_id"])))),
        ("placed", order["placed_at"]),
        ("customer", ", ".join(_given(order["customer"], "name", "email", "phone"))),
        ("ship to", ", ".join(_given(order["ship_to"] or {}, *ADDRESS))),
        ("total", f"{totals['total']} {currency}, paid {totals['paid']}"),
        ("allowed", ", ".join(order["allowed"])),
        ("page", order["tracking_url"]),
    ):
        screen.print(Text.assemble((f"{name:<9}", "dim"), plain(value)), soft_wrap=True)


ADDRESS = ("name", "company", "line1", "line2", "city", "region", "postal_code", "country")


def _given(values: Json, *names: str) -> list[str]:
    return [values[name] for name in names if values.get(name)]


def _lines(screen: Console, order: Json) -> None:
    made = table("line", "sku", "name", ">price", *(f">{name}" for name in COUNTS))
    for line in order["lines"]:
        words = (line["id"], line["sku"], line["name"], line["unit_price"])
        made.add_row(*map(_cell, (*words, *(line[name] or "" for name in COUNTS))))
    screen.print(made)


def _parts(screen: Console, order: Json) -> None:
    """Holds, payments and shipments: what may keep it waiting."""
    made = table("part", "state", "what", "id")
    for hold in order["holds"]:
        made.add_row(*map(_cell, ("hold", hold["type"], hold["reason"], hold["id"])))
    for payment in order["payments"]:
        what = f"{payment['amount']} by {payment['gateway'] or payment['method']}"
        made.add_row(*map(_cell, ("payment", payment["state"], what, payment["id"])))
    for shipment in order["shipments"]:
        what = " ".join(_given(shipment, "location", "carrier", "tracking_number"))
        made.add_row(*map(_cell, ("shipment", shipment["state"], what, shipment["id"])))
    screen.print(made)


def _history(screen: Console, events: Sequence[Json]) -> None:
    made = table(">no", "when", "what", "step", "by", "why")
    for event in events:
        step = event["target"]
        if event["source"] not in ("", event["target"]):
            step = f"{event['source']} > {event['target']}"
        what = f"{event['process']} {event['trigger']}"
        cells = (event["version"], event["at"], what, step, event["actor"], event["reason"])
        made.add_row(*map(_cell, cells))
    screen.print(made)


def _cell(value: object) -> Text:
    return Text(plain(value))
