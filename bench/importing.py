"""Rows/s of `purvey import` on real orders: the UCI Online Retail data of ../shared/data."""

import json
import subprocess
from collections.abc import Iterator

from bench import shop
from bench.figures import Figure
from bench.machine import ROOT
from bench.processes import purvey
from bench.running import Run, seconds

DATA = ROOT.parent / "shared" / "data" / "online-retail"


def import_rows(run: Run) -> Iterator[Figure]:
    """One month's file (quick: the smallest month) by the command line, its start included, into a
    database that has its tables."""
    files = sorted(DATA.glob("*.csv.gz"), key=lambda file: file.stat().st_size)
    if not files:
        run.say("left out: ../shared/data/online-retail is not there")
        return
    file = files[0] if run.quick else files[len(files) // 2]
    url = run.place.fresh()
    with shop.house(url):
        pass  # the tables are made
    said: dict[str, int] = {}

    def work() -> None:
        text = purvey(url, "import", str(file), "--format", "online-retail", "--json")
        said.update(json.loads(text[text.index("{") :]))

    try:
        spent = seconds(work)
    except subprocess.CalledProcessError as error:
        run.say(f"left out: {error.stderr[-300:]}")
        return
    run.place.drop(url)
    rate = said["rows"] / spent
    run.say(f"{said['rows']:,} rows of {file.name} in {spent:.1f} s: {rate:,.0f}/s")
    yield Figure(what=f"import, {file.name}", values=(rate,), unit="rows/s", least=5000)
