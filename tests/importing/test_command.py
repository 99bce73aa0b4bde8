"""`purvey import` as people and scripts call it."""

import json
from pathlib import Path
from typing import Any

import pytest

from purvey.cli.import_progress import watched
from purvey.importing import Progress
from tests.cli.shell import Shell
from tests.importing.files import retail_file, row

NAMES = {  # API.md: tests outside the project use them
    "rows",
    "rows_imported",
    "rows_merged",
    "rows_charge",
    "rows_cancellation",
    "rows_refused",
    "orders_created",
    "orders_existing",
    "amount_file",
    "amount_accounted",
    "refused",
}
RETAIL = ("--format", "online-retail")


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


@pytest.fixture
def invoices(tmp_path: Path) -> Path:
    return retail_file(
        tmp_path / "a.csv",
        row("1", "X", 6),
        row("1", "POST", 1, "18.00"),
        row("C2", "X", -2, at="2010-12-02 10:00:00"),
        row("3", "X", -9, "0.0", customer="", name="damaged"),
    )


def reported(shell: Shell, *arguments: object, code: int = 0) -> dict[str, Any]:
    ran = shell.run("import", *map(str, arguments), "--json")
    assert ran.code == code, ran.err
    return json.loads(ran.out.splitlines()[-1])


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_report_has_the_names_of_the_api(shell: Shell, invoices: Path):
    report = reported(shell, invoices, *RETAIL)
    assert report.keys() >= NAMES
    classes = ("imported", "merged", "charge", "cancellation", "refused")
    assert [report[f"rows_{name}"] for name in classes] == [1, 0, 1, 1, 1]
    assert report["rows"] == 4
    assert report["amount_file"] == report["amount_accounted"] == "28.20"
    (refused,) = report["refused"]
    assert (refused["line"], refused["code"]) == (5, "stock_note")
    assert refused["detail"]
    again = reported(shell, invoices, *RETAIL)
    assert (again["orders_created"], again["orders_existing"]) == (0, 1)


def test_a_dry_run_without_a_shop_leaves_no_file_behind(shell: Shell, invoices: Path):
    before = files(shell.folder)
    report = reported(shell, invoices, *RETAIL, "--dry-run")
    assert report["orders_created"] == 1
    assert files(shell.folder) == before


def test_a_dry_run_leaves_every_byte_of_the_shop_as_it_was(shell: Shell, invoices: Path):
    reported(shell, invoices, *RETAIL)
    more = retail_file(
        shell.folder / "b.csv", row("4", "X", 6), row("C5", "X", -4, at="2010-12-03 10:00:00")
    )
    before = files(shell.folder)
    dry = reported(shell, invoices, more, *RETAIL, "--dry-run")
    assert files(shell.folder) == before
    real = reported(shell, invoices, more, *RETAIL)
    assert dry | {"dry_run": False} == real
    assert real["orders_created"] == real["orders_existing"] == 1


def test_people_get_tables_and_the_reasons(shell: Shell, invoices: Path):
    ran = shell.run("import", str(invoices), *RETAIL)
    assert ran.code == 0
    assert "orders created" in ran.out
    assert "stock_note" in ran.out
    assert "28.20" in ran.out


def test_refused_orders_end_with_1(shell: Shell, invoices: Path):
    report = reported(shell, invoices, *RETAIL, "--strict", code=1)
    assert {x["code"] for x in report["refused"]} == {"unknown_sku", "stock_note"}


def test_a_file_that_cannot_be_read_on_ends_with_2_and_says_where(shell: Shell, invoices: Path):
    bad = shell.folder / "b.csv"
    bad.write_text(invoices.read_text().replace("damaged", '"damaged') + "\n" * 3)
    report = reported(shell, bad, *RETAIL, code=2)
    assert report["stopped"]["code"] == "unclosed_quote"
    assert report["stopped"]["line"] == 5
    assert report["orders_created"] == 0  # invoices that may go on behind the break are not taken
    ran = shell.run("import", str(bad), *RETAIL)
    assert (ran.code, "line 5" in ran.out) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nowhere.csv", *RETAIL), "no file nowhere.csv"),
        (RETAIL, "PATH"),
        (("a.csv",), "--format"),
        (("a.csv", "--format", "xml"), "online-retail"),
        (("a.csv", "--format", "csv", "--strict", "--create-products"), "contradict"),
    ],
)
def test_a_wrong_call_says_what_would_be_right(
    shell: Shell, invoices: Path, arguments: tuple[str, ...], words: str
):
    ran = shell.run("import", *arguments)
    assert ran.code == 2
    assert words in ran.err
    assert not (shell.folder / "purvey.db").exists()


def test_progress_shows_rows_and_rate_on_a_terminal(monkeypatch: pytest.MonkeyPatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    with watched([Path("a.csv")]) as watch:
        watch(Progress(Path("a.csv"), 5_000, 500, 1_000))
    said = capsys.readouterr().err
    assert "a.csv" in said
    assert "50 %" in said
    assert "5,000 rows" in said
    assert "rows/s" in said
