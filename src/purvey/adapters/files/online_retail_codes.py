"""Stock codes of Online Retail that are no goods, each decided from its rows."""

from typing import Literal

Kind = Literal["shipping", "service"]

# "shipping": the order's shipping. "service": money that belongs to the invoice and to no shelf; on
# an order it becomes a line of its own, so that the order is worth what the invoice says.
CHARGES: dict[str, Kind] = {
    "POST": "shipping",  # POSTAGE
    "DOT": "shipping",  # DOTCOM POSTAGE, of the web shop
    "C2": "shipping",  # CARRIAGE, to Ireland and the Channel Islands
    "M": "service",  # Manual: typed by hand, often the price of rows that cost 0 (537534)
    "D": "service",  # Discount
    "S": "service",  # SAMPLES
    "BANK CHARGES": "service",
    "AMAZONFEE": "service",
    "CRUK": "service",  # commission to a charity; not in these seven months
    "B": "service",  # Adjust bad debt; not in these seven months
}
