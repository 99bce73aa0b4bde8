"""Bytes become numbered rows, whatever wrote them."""

import gzip
import io
import json
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from purvey.adapters.files.header import Columns
from purvey.adapters.files.opening import FileRefused
from purvey.adapters.files.text import BadRow, Row, open_table
from tests.adapters_files.places import DATA, files, needed

AB = Columns(names={"a": ("a", "first"), "b": ("b",)}, needed=("a", "b"))


def read(path: Path, columns: Columns = AB) -> list[Row | BadRow]:
    with open_table(path, [columns]) as table:
        return list(table.rows())


def cells(path: Path, columns: Columns = AB) -> list[tuple[int, list[str]]]:
    return [(row.line, list(row.cells)) for row in read(path, columns) if isinstance(row, Row)]


def refused(path: Path, columns: Columns = AB) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        read(path, columns)
    return caught.value


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "orders.csv"


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"]
)
def test_every_encoding_separator_and_line_end(
    path: Path, separator: str, end: str, encoding: str
) -> None:
    text = "".join(f"{left}{separator}{right}{end}" for left, right in [("a", "b"), ("£5", "Zoë")])
    path.write_bytes(text.encode(encoding))
    assert cells(path) == [(2, ["£5", "Zoë"])]


def test_utf_16_with_a_big_endian_mark(path: Path) -> None:
    path.write_bytes(b"\xfe\xff" + "a,b\n1,ü\n".encode("utf-16-be"))
    assert cells(path) == [(2, ["1", "ü"])]


def test_a_file_may_turn_out_to_be_windows_1252_after_gigabytes_of_ascii(path: Path) -> None:
    path.write_bytes(b"a,b\n" + b"1,2\n" * 50_000 + b"3,\xa35 \x96 \x80\n")
    assert cells(path)[-1] == (50_002, ["3", "£5 – €"])


def test_joined_files_may_mix_both(path: Path) -> None:
    path.write_bytes("a,b\n1,Zoë\n".encode() + "2,Zoë\n".encode("cp1252"))
    assert cells(path) == [(2, ["1", "Zoë"]), (3, ["2", "Zoë"])]


def test_titles_and_blank_rows_above_the_header_are_passed_over(path: Path) -> None:
    path.write_text("sep=;\nOrders, all of them; really\n\n;;\nFirst;B;c\n1;2;3\n;;\n4;5;6\n")
    assert cells(path) == [(6, ["1", "2", "3"]), (8, ["4", "5", "6"])]


def test_a_header_that_is_repeated_in_a_joined_export_is_passed_over(path: Path) -> None:
    path.write_text("a,b\n1,2\na,b\n3,4\n")
    assert cells(path) == [(2, ["1", "2"]), (4, ["3", "4"])]


def test_a_row_that_spans_lines_has_the_number_of_its_first(path: Path) -> None:
    path.write_text('a,b\n"one\ntwo\nthree",x\n4,5\n')
    assert cells(path) == [(2, ["one\ntwo\nthree", "x"]), (5, ["4", "5"])]


def test_a_short_and_a_long_row_are_refused_and_their_neighbours_are_not(path: Path) -> None:
    path.write_text("a,b\n1\n2,3\n4,5,6\n7,8,,\n")
    found = [(row.line, row.code if isinstance(row, BadRow) else "row") for row in read(path)]
    assert found == [(2, "row_too_short"), (3, "row"), (4, "row_too_long"), (5, "row")]


def test_a_nul_character_refuses_its_row(path: Path) -> None:
    path.write_bytes(b"a,b\n" + b"1,2\n" * 20_000 + b"3,\0\n4,5\n")
    *_, bad, good = read(path)
    assert isinstance(bad, BadRow)
    assert (bad.code, bad.line, good.line) == ("nul_character", 20_002, 20_003)


def test_bytes_that_are_no_letters_refuse_their_row(path: Path) -> None:
    path.write_bytes(b"a,b\n1,\x81\n2,3\n")
    bad, good = read(path)
    assert isinstance(bad, BadRow)
    assert (bad.code, good.line) == ("bad_encoding", 3)


def test_a_cell_over_the_limit_refuses_its_row(path: Path) -> None:
    for size in (33_000, 200_000):
        path.write_text(f"a,b\n1,{'x' * size}\n2,3\n")
        bad, good = read(path)
        assert isinstance(bad, BadRow)
        assert (bad.code, good.line) == ("cell_too_long", 3)


def test_text_after_a_closing_quote_refuses_its_row(path: Path) -> None:
    path.write_text('a,b\n"1"x,2\n3,"4 ""four"""\n')
    bad, good = read(path)
    assert isinstance(bad, BadRow)
    assert (bad.code, good) == ("bad_quotes", Row(3, ["3", '4 "four"']))


@pytest.mark.parametrize("rest", ["1,2\n" * 3, "1,2\n" * 1_000])
def test_a_quote_that_is_never_closed_stops_at_its_line(path: Path, rest: str) -> None:
    path.write_text(f'a,b\n1,2\n3,"4\n{rest}')
    refusal = refused(path)
    assert (refusal.code, refusal.line) == ("unclosed_quote", 3)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty_file"),
        (b"\n \r\n", "empty_file"),
        (b"\xef\xbb\xbf", "no_header"),
        (b"x,y\n1,2\n", "no_header"),
        (b"a,c\n1,2\n", "missing_columns"),
        (b"a,b,A\n1,2,3\n", "duplicate_column"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary_file"),
        (bytes(range(256)) * 8, "binary_file"),
        (b"\xff\xfe\0\0a\0\0\0", "binary_file"),
        (b"a" * 1_000_001, "line_too_long"),
        (b"PK\x03\x04broken", "damaged_archive"),
        (b"\x1f\x8bbroken", "damaged_archive"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-9], "damaged_archive"),
    ],
)
def test_what_is_no_table_is_refused_with_a_reason(path: Path, content: bytes, code: str) -> None:
    path.write_bytes(content)
    refusal = refused(path)
    assert refusal.code == code
    assert refusal.detail.endswith(".")


def test_missing_columns_are_named_and_so_are_those_found(path: Path) -> None:
    path.write_text("\nFirst,Colour,Size\n1,2,3\n")
    refusal = refused(path)
    assert refusal.detail == "Missing columns: b. The header has: First, Colour, Size."
    assert refusal.line == 2


def test_a_path_that_leads_nowhere_or_to_a_folder(tmp_path: Path) -> None:
    assert refused(tmp_path / "nothing.csv").code == "unreadable"
    assert refused(tmp_path).code == "unreadable"


def test_gzip_whatever_it_is_called(path: Path) -> None:
    path.write_bytes(gzip.compress(b"a,b\n1,2\n", mtime=0) + gzip.compress(b"3,4\n"))
    assert cells(path) == [(2, ["1", "2"]), (3, ["3", "4"])]


def _zip(path: Path, *names: str) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "a,b\n1,2\n")


def test_a_zip_with_one_file(path: Path) -> None:
    _zip(path, "folder/", "folder/orders.csv", "__MACOSX/folder/._orders.csv")
    assert cells(path) == [(2, ["1", "2"])]


@pytest.mark.parametrize(
    ("names", "code"),
    [
        (("one.csv", "two.csv"), "several_files"),
        (("[Content_Types].xml", "xl/workbook.xml"), "spreadsheet"),
    ],
)
def test_a_zip_with_anything_else(path: Path, names: tuple[str, ...], code: str) -> None:
    _zip(path, *names)
    assert refused(path).code == code


def test_a_zip_that_was_damaged_on_the_way(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("orders.csv", "a,b\n" + "".join(f"{n},{n}\n" for n in range(50_000)))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    assert refused(path).code == "damaged_archive"


def test_the_separator_may_stand_in_quotes(path: Path) -> None:
    path.write_text('a;b\n"1,5;6","x"\n"7;8";9\n')
    bad, good = read(path)
    assert isinstance(bad, BadRow)
    assert good == Row(3, ["7;8", "9"])


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_bytes_make_it_crash(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"a,b\n" + content)
    with suppress(FileRefused):
        read(path)


@given(
    st.lists(
        st.tuples(st.text("ab,;\"'\n =é£ü", min_size=1), st.text('xyz\r\n\t,"')),
        min_size=1,
        max_size=5,
    )
)
def test_what_a_writer_wrote_is_what_is_read(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]
) -> None:
    import csv

    path = tmp_path_factory.getbasetemp() / "written.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    expected = [[left, right] for left, right in rows if left.strip() or right.strip()]
    assert [found for _, found in cells(path)] == [row for row in expected if row != ["a", "b"]]


@needed("dirty")
@pytest.mark.parametrize("path", files("dirty/spectrum-*.csv"), ids=lambda path: path.stem)
def test_csv_spectrum_gives_the_answers_that_lie_beside_it(path: Path) -> None:
    answers = json.loads(path.with_suffix(".json").read_text("utf-8"))
    header = tuple(answers[0])
    columns = Columns(names={name: (name,) for name in header}, needed=header)
    with open_table(path, [columns]) as table:
        rows = [dict(zip(header, row.cells, strict=True)) for row in table.rows()]
    full = [answer for answer in answers if any(answer.values())]
    assert rows == [{k: v.replace("\r\n", "\n") for k, v in a.items()} for a in full]


@needed("dirty")
@pytest.mark.parametrize(
    ("name", "columns", "expected"),
    [
        ("messy-simple.psv", "Year,New dwellings", ("utf-8", "|", 1, "1986")),
        ("messy-simple.ssv", "date,place", ("utf-8", ";", 1, "2011-01-01")),
        ("messy-simple.zip", "date,place", ("utf-8", ",", 1, "2011-01-01")),
        ("messy-complex.csv", "date,place", ("utf-8", ",", 1, "2011-01-01")),
        ("messy-excel_pasting.csv", "Year,2000", ("utf-8", ",", 4, "Timber")),
        ("messy-mixedGLB.csv", "Year,Jan", ("utf-8", ",", 4, "1880")),
        ("messy-spanish_chars.csv", "GF_ID,Descripción", ("utf-8", ",", 1, "1")),
        ("messy-utf-16le_encoded.csv", "Organisation_code", ("utf-16", ",", 1, "5C1")),
        ("frictionless-accent.csv", "accessibilité", ("utf-8", ";", 1, "XXX")),
        ("frictionless-bom.csv", "id,name", ("utf-8-sig", ",", 1, "1")),
        ("frictionless-leading-zeros.csv", "value", ("utf-8", ",", 1, "01")),
    ],
)
def test_messy_files_are_read_as_what_they_are(
    name: str, columns: str, expected: tuple[str, str, int, str]
) -> None:
    names = columns.split(",")
    known = Columns(names={name: (name,) for name in names}, needed=tuple(names))
    with open_table(DATA / "dirty" / name, [known]) as table:
        row = next(table.rows())
        found = (table.encoding, table.header.separator, table.header.line, row.cells[0])
        assert found == expected


def test_the_reader_holds_one_row_at_a_time(path: Path) -> None:
    """A stream that would be gigabytes long is never read ahead of the row that is asked for."""
    path.write_bytes(b"a,b\n" + b"1,2\n" * 500_000)
    with open_table(path, [AB]) as table:
        rows = table.rows()
        next(rows)
        buffer = table._lines._stream.buffer
        assert isinstance(buffer, io.BufferedReader)
        assert buffer.tell() < 200_000
