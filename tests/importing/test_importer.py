"""The way through the files: batches, progress, and trouble on the way."""

from decimal import Decimal
from pathlib import Path

import pytest

from purvey.adapters.files.opening import FileRefused
from purvey.adapters.files.outcomes import RefusedRow
from purvey.importing import Progress, import_files, importer, taking
from purvey.importing.importer import batched
from purvey.importing.refused_lines import KEPT_IN_MEMORY_BYTES, RefusedLine, RefusedLines
from purvey.importing.report import amount_text
from purvey.testing import Shop
from tests.importing.files import retail_file, row, take_over, wish

pytestmark = pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)


def refused_rows(count: int):
    for line in range(count):
        yield RefusedRow(line=line, code="x", detail="y")


def test_progress_is_told_after_each_batch_by_the_bytes_of_all_files(new_shop, tmp_path: Path):
    shop: Shop = new_shop(batch_limit=1)
    paths = [
        retail_file(tmp_path / "a.csv", row("1", "X", 1), row("2", "X", 1)),
        retail_file(tmp_path / "b.csv", row("3", "X", 1)),
    ]
    told: list[Progress] = []
    import_files(shop.house, wish(*paths, shard=shop.shard), watch=told.append)
    assert [(x.path.name, x.rows) for x in told] == [("a.csv", 1), ("a.csv", 2), ("b.csv", 3)]
    total = sum(path.stat().st_size for path in paths)
    assert told[-1].bytes_read == told[-1].bytes_total == total
    assert told[0].bytes_read <= told[1].bytes_read < total


def test_a_file_that_cannot_be_read_ends_the_import_after_what_came_before(
    shop: Shop, tmp_path: Path
):
    good = retail_file(tmp_path / "a.csv", row("1", "X", 1))
    bad = tmp_path / "b.csv"
    bad.write_text("no orders here\n")
    after = retail_file(tmp_path / "c.csv", row("2", "X", 1))
    report = take_over(shop, good, bad, after)
    assert report.orders_created == 1
    assert (report.stopped.file, report.stopped.code) == (str(bad), "no_header")


def test_one_order_that_hits_a_fault_harms_no_other(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    receive = taking.receive

    def faulty(tx, drafts, **more):
        assert not any(draft.external_id == "2" for draft in drafts), "a bug"
        return receive(tx, drafts, **more)

    monkeypatch.setattr(taking, "receive", faulty)
    rows = [row("1", "X", 1), row("2", "Y", 1), row("3", "Z", 1), row("C4", "X", -1)]
    report = take_over(shop, retail_file(tmp_path / "a.csv", *rows))
    assert report.orders_created == 2
    assert [(x.line, x.code) for x in report.refused] == [(3, "fault")]
    assert report.cancelled_units_by == {"cancelled": 1}
    skus = shop.rows("select sku from product where shard = :shard order by sku")
    assert [x.sku for x in skus] == ["X", "Z"]


def test_order_numbers_that_were_not_needed_are_not_lost(shop: Shop, tmp_path: Path):
    rows = [row(str(n), "X", 1) for n in range(5)]
    for _ in range(3):
        take_over(shop, retail_file(tmp_path / "a.csv", *rows))
    take_over(shop, retail_file(tmp_path / "b.csv", *rows, row("5", "X", 1)))
    numbers = shop.rows("select number from orders where shard = :shard order by number")
    assert [x.number for x in numbers] == list(range(1001, 1007))


def test_batches_have_a_limit_also_when_nothing_is_an_order(
    new_shop, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(importer, "BATCH_ROWS", 10)
    assert [len(batch) for batch in batched(refused_rows(25), orders=200)] == [10, 10, 5]


def test_what_came_before_a_refused_file_is_a_batch_too(new_shop):
    def breaking():
        yield from refused_rows(3)
        raise FileRefused("damaged_archive", "broken", 4)

    seen = []
    with pytest.raises(FileRefused):
        seen.extend(batched(breaking(), orders=200))
    assert [len(batch) for batch in seen] == [3]


def test_refused_rows_beyond_a_megabyte_are_all_there(new_shop):
    lines = RefusedLines()
    long = "x" * 1_000
    for number in range(KEPT_IN_MEMORY_BYTES // 500):
        lines.add(RefusedLine(file="a.csv", line=number, code="c", detail=long))
    assert [x.line for x in lines] == list(range(len(lines)))
    assert next(iter(lines)).detail == long
    lines.add(RefusedLine(file="a.csv", line=-1, code="d", detail=long))
    assert len(list(lines)) == len(lines) == KEPT_IN_MEMORY_BYTES // 500 + 1


@pytest.mark.parametrize(
    ("amount", "text"),
    [("0", "0.00"), ("0.0010", "0.001"), ("1E+3", "1000.00"), ("-5.1", "-5.10"), ("0E-9", "0.00")],
)
def test_equal_amounts_are_equal_texts(new_shop, amount: str, text: str):
    assert amount_text(Decimal(amount)) == text
