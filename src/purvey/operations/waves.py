"""Waves: shipments of one location that one person picks in one round, and giving them back."""

from collections.abc import Sequence
from dataclasses import dataclass

from purvey.domain.warehouse import Wave
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.ports.storage import Transaction

MAX_SHIPMENTS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveWish:
    """Up to `most` shipments, of one shipping method or of any."""

    location: str
    method: str | None = None
    most: int = 10


def make_waves(tx: Transaction, wishes: Sequence[WaveWish], *, act: Act) -> list[Wave | Refusal]:
    """Oldest promise first. A shipment that somebody else's wave takes at this moment is left to
    it: the key of `wave_shipment` decides."""
    places = {location.code for location in tx.stock.locations()}
    return [_make(tx, act, wish, places) for wish in wishes]


def _make(tx: Transaction, act: Act, wish: WaveWish, places: set[str]) -> Wave | Refusal:
    refusal = _refuse(tx, wish, places)
    if refusal is not None:
        return refusal
    shipments = tx.warehouse.to_pick(wish.location, wish.method, limit=wish.most)
    if not shipments:
        return Refusal("nothing_to_pick", "Nothing is left to pick that is in no wave yet.")
    wave = Wave(
        id=act.new_id("wav"),
        location=wish.location,
        method=wish.method,
        made_by=act.actor,
        made_at=act.now,
    )
    tx.warehouse.add_waves([wave])
    if not tx.warehouse.join(wave.id, shipments):
        tx.warehouse.release([evolve(wave, released_at=act.now, released_by=act.actor)])
        return Refusal("nothing_to_pick", "Somebody else has just taken what was to pick.")
    return wave


def _refuse(tx: Transaction, wish: WaveWish, places: set[str]) -> Refusal | None:
    if wish.location not in places:
        sentence = f"There is no such location; there are: {', '.join(sorted(places))}."
        return Refusal("unknown_location", sentence, pointer="/location")
    if wish.method is not None and wish.method not in tx.methods:
        sentence = f"There is no such method; there are: {', '.join(sorted(tx.methods))}."
        return Refusal("unknown_method", sentence, pointer="/method")
    if not 0 < wish.most <= MAX_SHIPMENTS:
        return Refusal("bad_most", f"Take 1 to {MAX_SHIPMENTS} parcels.", pointer="/most")
    return None


def release_waves(tx: Transaction, ids: Sequence[str], *, act: Act) -> list[Wave | Refusal]:
    """Give up on waves: their shipments are free for others; what was scanned stays scanned."""
    waves = dict(tx.warehouse.waves(set(ids)))
    answers: list[Wave | Refusal] = []
    for wave_id in ids:
        wave = waves.get(wave_id)
        if wave is None:
            answers.append(Refusal("not_found", "There is no such wave."))
            continue
        if wave.released_at is None:
            wave = waves[wave_id] = evolve(wave, released_at=act.now, released_by=act.actor)
        answers.append(wave)
    tx.warehouse.release([answer for answer in answers if isinstance(answer, Wave)])
    return answers
