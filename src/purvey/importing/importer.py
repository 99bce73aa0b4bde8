"""Files go through intake batch by batch. What was committed stays; a second start goes on there.

Memory is bounded: one batch, and of the rows that were refused a megabyte.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy.exc import OperationalError

from purvey.adapters.files.opening import FileRefused
from purvey.adapters.files.outcomes import OrderOf, Outcome, RefusedRow
from purvey.importing.formats import Format
from purvey.importing.progress import Progress, Watch, WatchedPath, nobody_watches, size_of
from purvey.importing.report import Report
from purvey.importing.taking import RefusedAfterSupply, Rules, Taken, take
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.storage.intake import SqlIntake
from purvey.storage.statistics import YoungTables
from purvey.wiring import DEFAULT_SHARD, House

BATCH_ROWS = 10_000  # at most, however few orders they make up

log = structlog.get_logger()
Prepare = Callable[[Sequence[Outcome]], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """`strict`: nothing is made for the orders, neither products nor stock."""

    paths: tuple[Path, ...]
    format: Format
    strict: bool = False
    create_products: bool = False
    shard: int = DEFAULT_SHARD

    @property
    def makes_products(self) -> bool:
        return not self.strict and (self.create_products or self.format.makes_products)


def import_files(
    house: House,
    wish: Wish,
    *,
    watch: Watch = nobody_watches,
    prepare: Prepare | None = None,
) -> Report:
    """Import the files one after the other. A file that cannot be read on ends it: see `stopped`.

    `prepare` is called with each batch before its transaction.
    """
    with closing(YoungTables(house.database)) as young:
        importer = _Importer(house, wish, prepare=prepare, young=young)
        for progress in importer.run():
            watch(progress)
    return importer.report


class _Importer:
    def __init__(self, house: House, wish: Wish, *, prepare: Prepare | None, young: YoungTables):
        self.house, self.wish, self.report = house, wish, Report()
        self._prepare, self._young = prepare, young
        policies = wish.format.policies(house.policies)
        self._policies = evolve(policies, short_stock="refuse") if wish.strict else policies

    def run(self) -> Iterator[Progress]:
        """Says after each batch that is committed how far it is."""
        paths = [WatchedPath(path) for path in self.wish.paths]
        sizes = [size_of(path) for path in paths]
        for number, path in enumerate(paths):
            try:
                for _ in self._batches_of(path):
                    done = sum(sizes[:number]) + path.bytes_read()
                    yield Progress(path, self.report.rows, done, sum(sizes))
            except FileRefused as refused:
                self.report.stop(str(path), refused)
                return

    def _batches_of(self, path: WatchedPath) -> Iterator[None]:
        rules = Rules(
            format=self.wish.format.name,
            file=path.name,
            makes_products=self.wish.makes_products,
        )
        outcomes = self.wish.format.read(path, self.house.settings, self._policies)
        for batch in batched(outcomes, orders=self.house.settings.batch_limit):
            if self._prepare is not None:
                self._prepare(batch)
            taken = self._take(batch, rules)
            self._young.received(taken.created)
            self.report.products_created += taken.products_made
            for outcome, answer in zip(batch, taken.answers, strict=True):
                self.report.add(str(path), outcome, answer=answer)
            yield

    def _take(self, batch: Sequence[Outcome], rules: Rules) -> Taken:
        """If a batch fails for a reason nobody foresaw, only the guilty one is refused."""
        try:
            return self._without_the_refused(batch, rules)
        except OperationalError:
            raise  # the database is gone: nobody's fault here
        except Exception as error:  # noqa: BLE001  # logged, and told in the report
            log.error("batch_failed", size=len(batch), error=type(error).__name__)
            if len(batch) > 1:
                return _joined(self._take([outcome], rules) for outcome in batch)
            log.error("import_failed", file=rules.file, traceback=_where(error))
            return Taken([_fault(error)])

    def _without_the_refused(self, batch: Sequence[Outcome], rules: Rules) -> Taken:
        """Run again without orders that were refused after products were made for them.

        Each round knows of one refusal more, at least, so there are no more rounds than orders.
        """
        refused: dict[int, Refusal] = {}
        for _ in range(len(batch) + 1):
            try:
                return self._commit(batch, rules, refused=refused)
            except RefusedAfterSupply as more:
                refused |= more.refusals
        raise AssertionError("unreachable")

    def _commit(
        self, batch: Sequence[Outcome], rules: Rules, *, refused: Mapping[int, Refusal]
    ) -> Taken:
        act = evolve(self.house.act(self.wish.format.actor), policies=self._policies)
        shard = self.wish.shard
        numbers = self.house.numbers.reserve(shard, self._count_new(batch))
        created = 0
        try:
            taken = self.house.database.run(
                shard,
                lambda tx: take(
                    tx, batch, rules=rules, act=act, numbers=iter(numbers), refused=refused
                ),
            )
            created = taken.created
            return taken
        finally:
            self.house.numbers.give_back(shard, iter(numbers[created:]))

    def _count_new(self, batch: Sequence[Outcome]) -> int:
        """How many order numbers are needed at most: orders never go away again."""
        keys = {
            (outcome.draft.channel, outcome.draft.external_id or "")
            for outcome in batch
            if isinstance(outcome, OrderOf)
        }
        with self.house.database.reading(self.wish.shard) as sql:
            return len(keys - SqlIntake(sql).taken_external(keys).keys())


def batched(outcomes: Iterable[Outcome], *, orders: int) -> Iterator[list[Outcome]]:
    """At most `orders` orders and about BATCH_ROWS rows each; also those before a FileRefused."""
    batch: list[Outcome] = []
    count = rows = 0
    try:
        for outcome in outcomes:
            batch.append(outcome)
            count += isinstance(outcome, OrderOf)
            rows += 1 if isinstance(outcome, RefusedRow) else len(outcome.rows)
            if count >= orders or rows >= BATCH_ROWS:
                yield batch
                batch, count, rows = [], 0, 0
    except FileRefused:
        if batch:
            yield batch
        raise
    if batch:
        yield batch


def _joined(singles: Iterable[Taken]) -> Taken:
    joined = Taken([])
    for one in singles:
        joined.answers += one.answers
        joined.products_made += one.products_made
    return joined


def _fault(error: Exception) -> Refusal:
    sentence = f"A fault in purvey ({type(error).__name__}): please report it; see the log."
    return Refusal("fault", sentence)


def _where(error: BaseException) -> str:
    """File, line and kind; an error's own text may hold what a customer wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return " > ".join([*places, type(error).__name__])
