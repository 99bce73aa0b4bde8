"""What customers write cannot do anything in a terminal or a spreadsheet."""

import csv
import io

import pytest

from purvey.cli.output import FORMULA_STARTS, harmless, plain, show_csv, show_table


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_starts_a_formula(start, capsys):
    show_csv(["name"], [[f"{start}cmd|' /C calc'!A0"]])
    [_, [cell]] = csv.reader(io.StringIO(capsys.readouterr().out))
    assert cell[0] == "'"


def test_numbers_stay_numbers():
    assert [harmless(-5), harmless(1.5), harmless(None)] == [-5, 1.5, None]


def test_a_name_cannot_move_the_cursor(capsys):
    show_table(["name"], [["Ann\x1b[2J\x07 Lee\x9b31m"]])
    out = capsys.readouterr().out
    assert "\x1b" not in out and "\x07" not in out and "\x9b" not in out
    assert "Ann" in out and "Lee" in out


def test_a_name_is_no_markup(capsys):
    show_table(["name"], [["[red]Ann[/red]"]])
    assert "[red]Ann[/red]" in capsys.readouterr().out


def test_nothing_is_empty_text():
    assert plain(None) == ""
