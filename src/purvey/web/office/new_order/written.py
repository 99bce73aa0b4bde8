"""An order as a person writes it: all text, possibly wrong, kept as it is until it is placed."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from starlette.datastructures import FormData

from purvey.domain.draft import Contact
from purvey.web.office.forms import text, texts

PHONE, COUNTER = "phone", "counter"
MAX_LINES = 200
LONGEST = 300  # of a field; some may be longer
LONG = {"notes": 4_000}
FIELDS = (
    "channel", "name", "email", "phone", "external_id", "language",
    "ship_name", "company", "line1", "line2", "city", "region", "postal_code", "country",
    "method", "complete", "date", "notes", "discount", "discount_reason", "location",
    "pay", "gateway", "token", "terms", "purchase_order", "given",
    "quote", "valid_until",
)  # fmt: skip
ADDRESS = ("company", "line1", "line2", "city", "region", "postal_code", "country")

CONTACT = ("name", "email", "phone", "external_id")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenLine:
    """`price` empty: the catalogue's."""

    sku: str
    units: str = "1"
    price: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """`at`: on the phone or at the counter."""

    at: str = PHONE
    fields: Mapping[str, str]
    lines: tuple[WrittenLine, ...] = ()

    def __getitem__(self, name: str) -> str:
        return self.fields.get(name, "").strip()

    def but(self, **fields: str) -> Self:
        return replace(self, fields={**self.fields, **fields})

    @property
    def at_counter(self) -> bool:
        return self.at == COUNTER

    @property
    def contact(self) -> Contact:
        return Contact(**{name: self[name] or None for name in CONTACT})

    @property
    def is_empty(self) -> bool:
        return not self.lines and not any(
            self[name] for name in ("name", "email", "phone", "line1")
        )

    def with_more(self, sku: str) -> Self:
        """One more unit of a product; what is on the order already counts up."""
        for no, line in enumerate(self.lines):
            if line.sku == sku and not line.price and line.units.isdecimal():
                more = replace(line, units=str(int(line.units) + 1))
                return replace(self, lines=(*self.lines[:no], more, *self.lines[no + 1 :]))
        if len(self.lines) >= MAX_LINES:
            return self
        return replace(self, lines=(*self.lines, WrittenLine(sku=sku)))

    def without(self, no: int) -> Self:
        return replace(self, lines=(*self.lines[:no], *self.lines[no + 1 :]))

    def to_json(self) -> str:
        kept = {name: value for name, value in self.fields.items() if value}
        lines = [asdict(line) for line in self.lines]
        return json.dumps({"at": self.at, "fields": kept, "lines": lines}, ensure_ascii=False)


def from_json(content: str) -> Written:
    kept: dict[str, Any] = json.loads(content)
    lines = tuple(WrittenLine(**line) for line in kept["lines"])
    return Written(at=kept["at"], fields=kept["fields"], lines=lines)


def from_form(form: FormData) -> Written:
    fields = {name: text(form, name)[: LONG.get(name, LONGEST)] for name in FIELDS}
    at = COUNTER if text(form, "at") == COUNTER else PHONE
    return Written(at=at, fields=fields, lines=tuple(_lines(form))[:MAX_LINES])


def _lines(form: FormData) -> Iterator[WrittenLine]:
    columns = [texts(form, f"line_{name}") for name in ("sku", "units", "price", "reason")]
    for parts in zip(*columns, strict=False):
        sku, units, price, reason = (part.strip()[:LONGEST] for part in parts)
        if sku:
            yield WrittenLine(sku=sku, units=units, price=price, reason=reason)
