"""`purvey import`: take over orders from files; every row is accounted for."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from cyclopts import Parameter

from purvey.cli.opening import build, opened
from purvey.cli.output import AsJson
from purvey.cli.problem import Problem
from purvey.config import Settings, read_settings
from purvey.kit.frozen import evolve

if TYPE_CHECKING:
    from purvey.importing import Report, Wish
    from purvey.wiring import House

Switch = Annotated[bool, Parameter(negative=())]
DONE, SOME_REFUSED, STOPPED = 0, 1, 2


def import_orders(
    *paths: Annotated[Path, Parameter(name="PATH")],
    format: Literal["online-retail", "csv"],
    dry_run: Switch = False,
    strict: Switch = False,
    create_products: Switch = False,
    as_json: AsJson = False,
) -> int:
    """Take over orders from files: plain, .gz or .zip.

    The same file twice adds nothing, and an import that was interrupted goes on when it is started
    again. Ends with 0 when all was taken, with 1 when orders were refused (the report names every
    row), with 2 when a file cannot be read on.

    Parameters
    ----------
    paths
        The files, oldest first: cancellations look for the orders of earlier files.
    format
        online-retail: invoices as in UCI Online Retail. csv: one row for each line of an order.
    dry_run
        Report what would become of every row, and write nothing.
    strict
        Make nothing for the orders: unknown products and short stock refuse them.
    create_products
        Make products that the catalogue lacks, with the file's price and the stock that the orders
        need; others stay as they are. online-retail does so by itself, unless --strict.
    """
    from purvey.cli.import_report import show_report
    from purvey.cli.logs import configure_logs
    from purvey.importing import FORMATS, Wish

    if strict and create_products:
        raise Problem("--strict and --create-products contradict each other: choose one.")
    wish = Wish(
        paths=_there(paths), format=FORMATS[format], strict=strict, create_products=create_products
    )
    configure_logs(read_settings().log_level)
    show_report(report := _rehearsed(wish) if dry_run else _imported(wish), as_json=as_json)
    return _exit_code(report)


def _exit_code(report: "Report") -> int:
    if report.stopped:
        return STOPPED
    return DONE if report.complete else SOME_REFUSED


def _there(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """A misspelt name should not end an import of twelve months in the eleventh."""
    if not paths:
        raise Problem("Name the files that hold the orders: purvey import PATH --format FORMAT.")
    missing = next((path for path in paths if not path.exists()), None)
    if missing:
        raise Problem(f"There is no file {missing}.")
    return paths


def _imported(wish: "Wish") -> "Report":
    from purvey.cli.import_progress import watched
    from purvey.importing import import_files
    from purvey.kit.collecting import collect_seldom

    with opened() as house, watched(wish.paths) as watch:
        collect_seldom()
        return import_files(house, wish, watch=watch)


def _rehearsed(wish: "Wish") -> "Report":
    from purvey.cli.import_progress import watched
    from purvey.importing import rehearse

    with _untouched() as house, watched(wish.paths) as watch:
        return rehearse(house, wish, watch=watch)


@contextmanager
def _untouched() -> Iterator["House"]:
    """The shop as it is; where there is none yet, a new one that is thrown away afterwards."""
    settings = read_settings()
    with _existing(settings) as house:
        if house is not None:
            yield house
            return
    folder = tempfile.TemporaryDirectory(prefix="purvey-dry-run-")
    with folder as path, opened(evolve(settings, database_url=f"sqlite:///{path}/new.db")) as house:
        yield house


@contextmanager
def _existing(settings: Settings) -> Iterator["House | None"]:
    """The house without bringing its database up to date, since that would be writing."""
    from purvey.setting_parts import file_of

    file = file_of(settings.database_url)
    if file and not Path(file).exists():
        yield None
        return
    house = build(settings)
    try:
        yield house if _has_shop(house) else None
    finally:
        house.close()


def _has_shop(house: "House") -> bool:
    from sqlalchemy import inspect

    from purvey.cli.opening import looked_at
    from purvey.wiring import DEFAULT_SHARD

    with house.database.reading(DEFAULT_SHARD) as sql:
        if not inspect(sql.connection).has_table("shop"):
            return False
    looked_at(house)
    return True
