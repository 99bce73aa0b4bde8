"""The desk: orders by phone and at the counter, kept while they are written, and quotes."""

from purvey.web.office.new_order import (
    customers,
    lines,
    page,
    placing,
    quote_paper,
    quotes,
    receipts,
    saving,
    taken,
)

__all__ = [
    "customers", "lines", "page", "placing", "quote_paper", "quotes", "receipts", "saving", "taken",
]  # fmt: skip
