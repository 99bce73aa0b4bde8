"""Create and change locations and shipping methods. The journal says who changed what."""

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Generic, TypeVar

from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.effects import fill_message
from purvey.operations.people import note
from purvey.ports.storage import Location, ShippingMethod, Transaction

MAX_PLACES = 200  # of each kind
MAX_DAYS = 365
MAX_PRICE = 100_000_000  # minor units
MAX_CODE, MAX_NAME, MAX_ADDRESS, MAX_PRIORITY = 64, 200, 300, 1_000
Place = TypeVar("Place", Location, ShippingMethod)


@dataclass(frozen=True, slots=True, kw_only=True)
class Put(Generic[Place]):
    """`place` as it shall be. `version`: the one that was looked at; 0: there must be none yet;
    None: whatever there is."""

    place: Place
    version: int | None = None


def put_locations(tx: Transaction, locations: Sequence[Location], *, act: Act) -> list[Location]:
    """For programs that know their shop: whatever there is, is replaced. Raises ValueError, and
    nothing is changed, when one of them cannot be."""
    after: list[Location] = []
    for answer in change_locations(tx, [Put(place=one) for one in locations], act=act):
        if isinstance(answer, Refusal):
            raise ValueError(answer.sentence)
        after.append(answer)
    return after


def change_locations(
    tx: Transaction, wishes: Sequence[Put[Location]], *, act: Act
) -> list[Location | Refusal]:
    """What is free at a location that is opened again goes to the orders that wait for it."""
    before = {place.code: place for place in tx.stock.locations()}
    known = dict(before)
    answers = [_change(known, wish, _refuse_location(wish.place)) for wish in wishes]
    changed = {x.code: x for x in answers if isinstance(x, Location)}
    tx.stock.put_locations(list(changed.values()))
    opened = [x.code for x in changed.values() if x.active and _was_closed(before.get(x.code))]
    skus = tx.stock.awaited_at(opened) if opened else ()
    tx.messages.add([fill_message(act, sku, cause=act.new_id("open")) for sku in skus])
    _journal(tx, before, changed, act=act, what="location")
    return answers


def change_methods(
    tx: Transaction, wishes: Sequence[Put[ShippingMethod]], *, act: Act
) -> list[ShippingMethod | Refusal]:
    """Orders that are in keep their price and their days; new ones are taken as this says."""
    before = dict(tx.methods)
    known = dict(before)
    answers = [_change(known, wish, _refuse_method(wish.place)) for wish in wishes]
    changed = {x.code: x for x in answers if isinstance(x, ShippingMethod)}
    tx.put_methods(list(changed.values()))
    _journal(tx, before, changed, act=act, what="shipping method")
    return answers


def _change(known: dict[str, Place], wish: Put[Place], refusal: Refusal | None) -> Place | Refusal:
    """`known` follows what this batch does."""
    place, there = wish.place, known.get(wish.place.code)
    refusal = refusal or _version_refusal(wish, there) or _last_refusal(known, place)
    if refusal is not None:
        return refusal
    if there is None and len(known) >= MAX_PLACES:
        return Refusal("too_many", f"A shop has at most {MAX_PLACES} of them.", pointer="/code")
    after = evolve(place, version=there.version + 1 if there else 1)
    known[place.code] = after
    return after


def _version_refusal(wish: Put[Place], there: Location | ShippingMethod | None) -> Refusal | None:
    version = wish.version
    if version == 0 and there is not None:
        return Refusal("taken", "This code is taken; choose another one.", pointer="/code")
    if version == 0:
        return _code(wish.place.code)
    if version and there is None:
        return Refusal("not_found", "There is no such one any more.")
    if version and there is not None and there.version != version:
        return Refusal("changed_meanwhile", "Somebody changed it in the meantime: look at it anew.")
    return None


def _last_refusal(known: Mapping[str, Place], place: Place) -> Refusal | None:
    others = any(one.active for one in known.values() if one.code != place.code)
    if place.active or others:
        return None
    sentence = "This is the last one in use: open or make another one first."
    return Refusal("last_one", sentence, pointer="/active")


def _refuse_location(place: Location) -> Refusal | None:
    return _refusals(
        _words("name", place.name, most=MAX_NAME),
        _words("address", place.address, most=MAX_ADDRESS, may_be_empty=True),
        _number("priority", place.priority, least=-MAX_PRIORITY, most=MAX_PRIORITY),
    )


def _refuse_method(method: ShippingMethod) -> Refusal | None:
    wrong_way = method.days_to < method.days_from
    return _refusals(
        _words("name", method.name, most=MAX_NAME),
        _number("price", method.price, most=MAX_PRICE),
        _number("days_from", method.days_from, most=MAX_DAYS),
        _number("days_to", method.days_to, most=MAX_DAYS)
        or (wrong_way and ("days_to", "The last day cannot come before the first."))
        or None,
    )


Wrong = tuple[str, str] | None  # field and sentence


def _code(code: str) -> Refusal | None:
    """Of a new one: it stands in addresses, files and messages."""
    plain = code.replace("-", "").replace("_", "")
    if plain.isascii() and plain.isalnum() and len(code) <= MAX_CODE:
        return None
    sentence = f"Write 1 to {MAX_CODE} letters and digits, - or _ between them, without spaces."
    return Refusal("invalid", sentence, pointer="/code")


def _words(field: str, text: str, *, most: int, may_be_empty: bool = False) -> Wrong:
    is_line = not any(unicodedata.category(sign) == "Cc" for sign in text)
    fits = (may_be_empty or text.strip()) and len(text) <= most and is_line
    least = 0 if may_be_empty else 1
    return None if fits else (field, f"Write {least} to {most} characters on one line.")


def _number(field: str, number: int, *, most: int, least: int = 0) -> Wrong:
    fits = least <= number <= most
    return None if fits else (field, f"Write a whole number from {least:,} to {most:,}.")


def _refusals(*wrong: Wrong) -> Refusal | None:
    found = tuple(Refusal("invalid", one[1], pointer=f"/{one[0]}") for one in wrong if one)
    if not found:
        return None
    return Refusal("invalid", found[0].sentence, pointer=found[0].pointer, more=found)


def _was_closed(before: Location | None) -> bool:
    return before is not None and not before.active


def _journal(
    tx: Transaction,
    before: Mapping[str, Place],
    after: Mapping[str, Place],
    *,
    act: Act,
    what: str,
) -> None:
    notes = [
        note(
            act,
            code,
            deed=f"changed the {what}" if code in before else f"made the {what}",
            detail=_differences(before.get(code), place),
        )
        for code, place in sorted(after.items())
    ]
    tx.people.note(notes)


def _differences(before: Location | ShippingMethod | None, after: Location | ShippingMethod) -> str:
    """ "name: Main to Shop, priority: 0 to 2" """
    if before is None:
        return after.name
    names = [field.name for field in fields(after) if field.name != "version"]
    pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
    return ", ".join(f"{name}: {old} to {new}" for name, old, new in pairs if old != new)
