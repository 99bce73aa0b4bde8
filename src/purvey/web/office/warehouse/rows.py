"""What can be scanned on a page, as its script and its form see it: rows with codes and counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from purvey.domain.warehouse import PACK, WHOLE_PARCEL
from purvey.queries.warehouse import Goods, Work


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    shipment_id: str
    line: int
    title: str  # what is expected: a sku, or a parcel
    below: str
    codes: tuple[str, ...]
    done: int
    wanted: int
    number: int
    tote: int = 0

    @property
    def open(self) -> int:
        return self.wanted - self.done


def goods_rows(goods: Iterable[Goods], stage: str) -> list[Row]:
    return [
        Row(
            shipment_id=one.shipment_id,
            line=one.line,
            title=one.sku,
            below=one.name,
            codes=one.codes,
            done=one.packed if stage == PACK else one.picked,
            wanted=one.wanted,
            number=one.number,
            tote=one.tote,
        )
        for one in goods
    ]


def parcel_rows(parcels: Iterable[Work]) -> list[Row]:
    """A parcel that may leave is scanned off its label, one that is collected off its slip."""
    return [
        Row(
            shipment_id=work.shipment_id,
            line=WHOLE_PARCEL,
            title=work.code,
            below=f"Order {work.number}",
            codes=tuple(dict.fromkeys((work.code, str(work.number)))),
            done=0 if work.state == "packed" else 1,
            wanted=1,
            number=work.number,
        )
        for work in parcels
        if work.may_leave and work.state != "cancelled"
    ]


@dataclass(frozen=True, slots=True)
class Group:
    """All that is to pick of one sku."""

    sku: str
    name: str
    wanted: int
    rows: Sequence[Row]


def grouped(rows: Iterable[Row]) -> list[Group]:
    """`rows` are sorted by sku."""
    found = []
    for sku, some in groupby(rows, key=lambda row: row.title):
        same = list(some)
        found.append(Group(sku, same[0].below, sum(row.wanted for row in same), same))
    return found


def meant(rows: Sequence[Row], code: str) -> Row | None:
    """The row that a code means: of several the first that is not complete."""
    code = code.strip().casefold()
    fits = [row for row in rows if any(code == one.casefold() for one in row.codes)]
    return next((row for row in fits if row.open), fits[0] if fits else None)
