"""Count stock: begin, note what is found, book the differences. See domain/counts.py for why each
product is compared when it is counted.

Locks: products by sku first, as everywhere, then the counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from purvey.domain.counts import BOOKED, DROPPED, MAX_LINES, OPEN, Count, CountLine
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.adjust_stock import MAX_UNITS, fills
from purvey.operations.shelves import Shelves
from purvey.ports.storage import Transaction

COUNT = "count"  # why, in the ledger
MAX_TITLE = 100
NO_SUCH_COUNT = Refusal("not_found", "There is no such count.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCount:
    """`skus` empty: all that has a level at the location. Others may be counted along."""

    location: str
    title: str = ""
    skus: tuple[str, ...] = ()


def begin_counts(tx: Transaction, wishes: Sequence[NewCount], *, act: Act) -> list[Count | Refusal]:
    places = {place.code for place in tx.stock.locations()}
    whole = {wish.location for wish in wishes if not wish.skus}
    there = tx.counts.skus_at(whole, MAX_LINES * len(whole) + 1) if whole else {}
    known = set(tx.stock.products({sku for wish in wishes for sku in wish.skus}))
    answers: list[Count | Refusal] = []
    lines: list[CountLine] = []
    for wish in wishes:
        skus = dict.fromkeys(wish.skus or there.get(wish.location, ()))
        answer = _refuse_new(wish, len(skus), places, known) or _begun(wish, act)
        answers.append(answer)
        if isinstance(answer, Count):
            lines += [CountLine(count_id=answer.id, sku=sku) for sku in skus]
    tx.counts.add([answer for answer in answers if isinstance(answer, Count)])
    tx.counts.put_lines(lines)
    return answers


def _refuse_new(wish: NewCount, size: int, places: set[str], known: set[str]) -> Refusal | None:
    if wish.location not in places:
        sentence = f"There is no such location; there are: {', '.join(sorted(places))}."
        return Refusal("unknown_location", sentence, pointer="/location")
    if unknown := [sku for sku in wish.skus if sku not in known]:
        sentence = f"There is no product {unknown[0]}; correct it or leave it out."
        return Refusal("unknown_sku", sentence, pointer="/skus")
    if size > MAX_LINES:
        sentence = f"That is more than {MAX_LINES} products: name a part of them."
        return Refusal("too_many", sentence, pointer="/skus")
    return None


def _begun(wish: NewCount, act: Act) -> Count:
    title = " ".join(wish.title.split())[:MAX_TITLE]
    return Count(
        id=act.new_id("cnt"),
        location=wish.location,
        title=title or ("A part" if wish.skus else "Everything"),
        state=OPEN,
        by=act.actor,
        at=act.now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """So many units of a product lie on the location's shelves. Said again, it is counted anew."""

    count_id: str
    sku: str
    units: int


def note_found(
    tx: Transaction, findings: Sequence[Found], *, act: Act
) -> list[CountLine | Refusal]:
    shelves = Shelves(tx, {one.sku for one in findings})
    counts = tx.counts.find({one.count_id for one in findings})
    places = {count.location for count in counts.values()}
    lines = dict(tx.counts.lines({(one.count_id, one.sku) for one in findings}))
    others = dict(tx.counts.undecided(shelves.products, places))
    away = tx.counts.in_parcels(shelves.products, places)
    answers: list[CountLine | Refusal] = []
    noted: dict[tuple[str, str], CountLine] = {}
    for one in findings:
        count = counts.get(one.count_id)
        if count is None:
            answers.append(NO_SUCH_COUNT)
            continue
        place = (one.sku, count.location)
        other, line = others.get(place), lines.get((count.id, one.sku))
        refusal = _refuse_found(shelves, count, one) or _refuse_again(count, line, other)
        answer = refusal or _line(shelves, count, one, in_parcels=away.get(place, 0), act=act)
        answers.append(answer)
        if isinstance(answer, CountLine):
            noted[count.id, one.sku] = answer
            others[place] = count
    tx.counts.put_lines(list(noted.values()))
    return answers


def _refuse_found(shelves: Shelves, count: Count, one: Found) -> Refusal | None:
    if count.state != OPEN:
        return Refusal("not_allowed", f"This count is {count.state}: begin another one.")
    if one.sku not in shelves.products:
        sentence = f"There is no product {one.sku}: look at the label again."
        return Refusal("unknown_sku", sentence, pointer="/sku")
    if not 0 <= one.units <= MAX_UNITS:
        return Refusal("bad_quantity", "Write how many units lie there.", pointer="/units")
    return None


def _refuse_again(count: Count, line: CountLine | None, other: Count | None) -> Refusal | None:
    """A difference is booked once: not again in this count, and not in two counts side by side."""
    if line is not None and line.booked is not None:
        sentence = "It is booked already in this count: begin another one for it."
        return Refusal("not_allowed", sentence, pointer="/sku")
    if other is not None and other.id != count.id:
        sentence = f'It is counted in "{other.title}" already: book that count first, or drop it.'
        return Refusal("counted_elsewhere", sentence, pointer="/sku")
    return None


def _line(shelves: Shelves, count: Count, one: Found, *, in_parcels: int, act: Act) -> CountLine:
    return CountLine(
        count_id=count.id,
        sku=one.sku,
        counted=one.units,
        on_hand=shelves.on_hand(one.sku, count.location),
        in_parcels=in_parcels,
        by=act.actor,
        at=act.now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """What came of booking a count: `lines` are in the ledger, `stuck` say why they are not.
    `differences` of the lines were not 0."""

    count: Count
    lines: int
    differences: int
    stuck: tuple[tuple[str, str], ...] = ()


def book_counts(tx: Transaction, count_ids: Sequence[str], *, act: Act) -> list[Booked | Refusal]:
    """Put the differences into the ledger, as "count". What cannot be booked stays: units that are
    reserved for orders are not taken from them silently. A count that has nothing left is over;
    what nobody counted stays as it is."""
    waiting = tx.counts.due(set(count_ids), MAX_LINES)
    shelves = Shelves(tx, {line.sku for line in waiting})
    counts = dict(tx.counts.find(set(count_ids)))
    # Read again: only behind the locks nobody else can book or count the same lines.
    due = [x for x in tx.counts.due(set(counts), MAX_LINES) if x.sku in shelves.products]
    answers: list[Booked | Refusal] = []
    done: dict[tuple[str, str], CountLine] = {}
    for count_id in count_ids:
        mine = [x for x in due if x.count_id == count_id and (count_id, x.sku) not in done]
        answer = _book(shelves, counts.get(count_id), mine, act)
        answers.append(answer)
        if isinstance(answer, Booked):
            counts[count_id] = answer.count
            stuck = {sku for sku, _ in answer.stuck}
            done |= {(count_id, x.sku): x for x in mine if x.sku not in stuck}
    shelves.save()
    tx.counts.put_lines([evolve(line, booked=line.difference) for line in done.values()])
    tx.counts.close([count for count in counts.values() if count.state == BOOKED])
    grown = [line.sku for line in done.values() if line.difference > 0]
    tx.messages.add(fills(shelves, grown, act=act))
    return answers


def _book(
    shelves: Shelves, count: Count | None, lines: Sequence[CountLine], act: Act
) -> Booked | Refusal:
    if count is None:
        return NO_SUCH_COUNT
    if count.state != OPEN:
        return Refusal("not_allowed", f"This count is {count.state} already.")
    if not lines:
        return Refusal("nothing_counted", "Nothing has been counted yet that could be booked.")
    stuck = []
    for line in lines:
        sentence = _in_the_way(shelves, count, line)
        if sentence:
            stuck.append((line.sku, sentence))
        elif line.difference:
            move = shelves.move
            move(act, line.sku, place=count.location, change=line.difference, reason=COUNT)
    if not stuck:
        count = evolve(count, state=BOOKED, closed_by=act.actor, closed_at=act.now)
    left = {sku for sku, _ in stuck}
    differences = sum(1 for line in lines if line.difference and line.sku not in left)
    return Booked(
        count=count, lines=len(lines) - len(stuck), differences=differences, stuck=tuple(stuck)
    )


def _in_the_way(shelves: Shelves, count: Count, line: CountLine) -> str:
    reserved = shelves.reserved(line.sku, count.location)
    free = shelves.on_hand(line.sku, count.location) - reserved
    if free + line.difference >= 0:
        return ""
    return (
        f"{-line.difference} of {line.sku} are missing, but only {free} are free: {reserved} are"
        " reserved for orders. Cancel units of these orders, or count again; then book the rest."
    )


def drop_counts(tx: Transaction, count_ids: Sequence[str], *, act: Act) -> list[Count | Refusal]:
    """Give counts up: what was not booked is not."""
    counts = dict(tx.counts.find(set(count_ids)))
    answers: list[Count | Refusal] = []
    for count_id in count_ids:
        count = counts.get(count_id)
        if count is None:
            answers.append(NO_SUCH_COUNT)
        elif count.state != OPEN:
            answers.append(Refusal("not_allowed", f"This count is {count.state} already."))
        else:
            closed = evolve(count, state=DROPPED, closed_by=act.actor, closed_at=act.now)
            counts[count_id] = closed
            answers.append(closed)
    tx.counts.close([answer for answer in answers if isinstance(answer, Count)])
    return answers
