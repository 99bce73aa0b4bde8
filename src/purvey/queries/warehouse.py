"""What is to do in the warehouse: which parcels wait where, and what belongs into each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from purvey.domain.warehouse import HAND_OVER, PACK, PICK, Wave
from purvey.queries.orders import MAX_DIGITS
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, to_us
from purvey.storage.warehouse import (
    OLDEST_FIRST,
    PICKABLE,
    WAVE_COLUMNS,
    codes_of,
    scanned,
    wave_of,
)

MAX_WAVES = 50
MAX_PARCELS = 500  # of one carrier's list
STATES = {PICK: "planned", PACK: "picking", HAND_OVER: "packed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """A parcel that somebody has to do something about."""

    shipment_id: str
    number: int
    customer: str
    promised_to: str | None
    state: str
    since: datetime
    location: str
    method: str
    carrier: str | None
    tracking_number: str | None
    units: int

    @property
    def may_leave(self) -> bool:
        return self.tracking_number is not None or self.method == "pickup"

    @property
    def code(self) -> str:
        """What is scanned off the parcel itself."""
        return self.tracking_number or str(self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Goods:
    """Units of one line in one shipment. `codes`: what a scanner reads off them."""

    shipment_id: str
    number: int
    tote: int
    state: str
    line: int
    sku: str
    name: str
    wanted: int
    picked: int
    packed: int
    codes: tuple[str, ...]


def count_work(sql: Sql, location: str) -> Mapping[str, int]:
    """Parcels to pick, to pack and to hand over; what is on hold is not counted to pick."""
    rows = sql.rows(
        "select s.state, count(*) as n from shipment s join orders o"
        " on o.shard = s.shard and o.id = s.order_id where s.shard = :shard"
        f" and s.location = :location and (s.state in ('picking', 'packed') or ({PICKABLE}))"
        " group by s.state",
        location=location,
    )
    found = {row.state: row.n for row in rows}
    return {stage: found.get(state, 0) for stage, state in STATES.items()}


def list_work(sql: Sql, location: str, stage: str, *, limit: int) -> Sequence[Work]:
    """Oldest promise first."""
    may = PICKABLE if stage == PICK else "s.state = :state"
    return _work(
        sql,
        f"s.location = :location and {may} order by {OLDEST_FIRST} limit :limit",
        location=location,
        state=STATES[stage],
        limit=limit,
    )


def find_work(sql: Sql, shipment_ids: Collection[str]) -> Mapping[str, Work]:
    found = _work(sql, "s.id = any(:ids) order by s.id", ids=sorted(shipment_ids))
    return {work.shipment_id: work for work in found}


def list_handed_over(sql: Sql, location: str, *, since: datetime) -> Sequence[Work]:
    """For the carrier's list: what left since then, as it was scanned."""
    return _work(
        sql,
        "s.location = :location and s.id in (select shipment_id from scan where shard = :shard"
        " and stage = 'hand_over' and scanned_at >= :since) order by s.carrier, o.number"
        " limit :limit",
        location=location,
        since=to_us(since),
        limit=MAX_PARCELS,
    )


def _work(sql: Sql, condition: str, **values: object) -> Sequence[Work]:
    rows = sql.rows(
        "select s.id, o.number, coalesce(o.customer_name, o.customer_email, '') as customer,"
        " o.promised_to, s.state, s.state_since, s.location, s.method, s.carrier,"
        " s.tracking_number, (select sum(l.quantity) from shipment_line l"
        " where l.shard = s.shard and l.order_id = s.order_id and l.shipment_id = s.id) as units"
        " from shipment s join orders o on o.shard = s.shard and o.id = s.order_id"
        f" where s.shard = :shard and {condition}",
        **values,
    )
    return [
        Work(
            shipment_id=row.id,
            number=row.number,
            customer=row.customer,
            promised_to=row.promised_to,
            state=row.state,
            since=from_us(row.state_since),
            location=row.location,
            method=row.method,
            carrier=row.carrier,
            tracking_number=row.tracking_number,
            units=int(row.units or 0),
        )
        for row in rows
    ]


def list_goods(sql: Sql, shipment_ids: Collection[str]) -> Sequence[Goods]:
    """Sorted by sku, so that who picks goes along the shelves once; then by tote."""
    ids = sorted(shipment_ids)
    rows = sql.rows(
        "select s.id, s.state, o.number, coalesce(w.tote, 0) as tote, l.no as line, l.sku, l.name,"
        " p.quantity from shipment s"
        " join orders o on o.shard = s.shard and o.id = s.order_id"
        " join shipment_line p on p.shard = s.shard and p.order_id = s.order_id"
        " and p.shipment_id = s.id"
        " join order_line l on l.shard = p.shard and l.order_id = p.order_id and l.no = p.no"
        " left join wave_shipment w on w.shard = s.shard and w.shipment_id = s.id"
        " where s.shard = :shard and s.id = any(:ids) and p.quantity > 0"
        " order by l.sku, tote, o.number, l.no",
        ids=ids,
    )
    done, codes = scanned(sql, ids), codes_of(sql, {row.sku for row in rows})
    return [
        Goods(
            shipment_id=row.id,
            number=row.number,
            tote=row.tote,
            state=row.state,
            line=row.line,
            sku=row.sku,
            name=row.name,
            wanted=row.quantity,
            picked=done.get((row.id, row.line, PICK), 0),
            packed=done.get((row.id, row.line, PACK), 0),
            codes=codes[row.sku],
        )
        for row in rows
    ]


def find_parcel(sql: Sql, code: str) -> str | None:
    """The shipment that a scanned paper means: its number, its order's, or the carrier's."""
    found = sql.scalar(
        "select id from shipment where shard = :shard and (id = :code or tracking_number = :code)",
        code=code,
    )
    if found is None and code.isascii() and code.isdigit() and len(code) <= MAX_DIGITS:
        found = sql.scalar(
            "select s.id from orders o join shipment s on s.shard = o.shard and s.order_id = o.id"
            " where o.shard = :shard and o.number = :number and s.state <> 'cancelled'"
            " order by case s.state when 'packed' then 1 when 'picking' then 2"
            " when 'planned' then 3 else 4 end, s.id limit 1",
            number=int(code),
        )
    return None if found is None else str(found)


@dataclass(frozen=True, slots=True)
class WaveLeft:
    """`parcels`: how many of it are neither packed nor called off yet."""

    wave: Wave
    parcels: int


def list_waves(sql: Sql, location: str) -> Sequence[WaveLeft]:
    """Those with something left to pick or pack, oldest first."""
    rows = sql.rows(
        f"select {', '.join(f'w.{name.strip()}' for name in WAVE_COLUMNS.split(','))},"
        " count(*) as parcels from wave w join wave_shipment m on m.shard = w.shard"
        " and m.wave_id = w.id join shipment s on s.shard = m.shard and s.order_id = m.order_id"
        " and s.id = m.shipment_id where w.shard = :shard and w.location = :location"
        " and w.released_at is null and s.state in ('planned', 'picking')"
        " group by w.shard, w.id order by w.made_at, w.id limit :limit",
        location=location,
        limit=MAX_WAVES,
    )
    return [WaveLeft(wave_of(row), row.parcels) for row in rows]


def find_wave(sql: Sql, wave_id: str) -> tuple[Wave, Sequence[str]] | None:
    """The wave and its shipments, by tote."""
    row = sql.first(
        f"select {WAVE_COLUMNS} from wave where shard = :shard and id = :id", id=wave_id
    )
    if row is None:
        return None
    members = sql.rows(
        "select shipment_id from wave_shipment where shard = :shard and wave_id = :id"
        " order by tote",
        id=wave_id,
    )
    return wave_of(row), [member.shipment_id for member in members]
