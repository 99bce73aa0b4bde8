"""`python -m bench [--quick] [--on sqlite|postgres] [--to FILE] [NAME ...]`: measure and tell.

Without names everything is measured: about 30 minutes, with --quick about 8. Only a whole full run
writes bench/RESULTS.md by itself; any other is written where --to says.
"""

import argparse
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from bench import (
    growth,
    hot_product,
    http_orders,
    importing,
    life,
    machine,
    receive,
    results,
    start,
)
from bench.databases import places
from bench.figures import Figure
from bench.others import Watch, wait_for_calm
from bench.running import Measurement, Run
from purvey.kit.collecting import collect_seldom

MEASUREMENTS: Mapping[str, Measurement] = {
    "receive": receive.receive_in_process,
    "limit": receive.limit_by_hand,
    "http": http_orders.orders_over_http,
    "worker": http_orders.orders_with_worker,
    "hot": hot_product.hot_product,
    "life": life.whole_life,
    "import": importing.import_rows,
    "start": start.start,
    "growth": growth.growth,
}
KINDS = ("sqlite", "postgres")


def main(arguments: list[str]) -> int:
    wish = _wish(arguments)
    tables: dict[str, list[Figure]] = {}
    remarks: list[str] = []
    collect_seldom()  # as in purvey's own processes
    begun = time.monotonic()
    with places([wish.on] if wish.on else list(KINDS)) as found:
        facts = dict(machine.facts())
        for place in found:
            _say(place.version)
            run = Run(place=place, quick=wish.quick, say=lambda text: _say(f"  {text}"))
            tables[place.name] = list(_measure(run, wish.names or MEASUREMENTS, remarks))
            facts[place.name] = place.version
    facts["took"] = f"{(time.monotonic() - begun) / 60:.0f} minutes"
    if wish.to:
        results.write(wish.to, facts, tables, quick=wish.quick, remarks=remarks)
        _say(f"written to {wish.to}")
    return int(bool(remarks))


def _wish(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--quick", action="store_true", help="small sizes, one run each")
    parser.add_argument("--on", choices=KINDS, help="one database only")
    parser.add_argument("--to", type=Path, help="where to write the results")
    wish = parser.parse_args(arguments)
    if not (wish.to or wish.quick or wish.on or wish.names):
        wish.to = results.FILE
    if unknown := set(wish.names) - MEASUREMENTS.keys():
        parser.error(f"there is no measurement {', '.join(sorted(unknown))}")
    return wish


def _measure(run: Run, names: Iterable[str], remarks: list[str]) -> Iterator[Figure]:
    """One that fails is told and does not keep the others from being taken."""
    for name in names:
        wait_for_calm(run.place.pids)
        _say(f"{run.place.name}: {name}")
        try:
            with Watch(run.place.pids) as watch:
                figures = list(MEASUREMENTS[name](run))
        except Exception as error:  # noqa: BLE001  # told in the results
            _say(f"  FAILED: {type(error).__name__}: {error}")
            remarks.append(f"{name} on {run.place.name} failed: {type(error).__name__}: {error}")
            continue
        for figure in figures:
            _say(f"  {_line(figure)}")
            yield replace(figure, others=watch.share)


def _line(figure: Figure) -> str:
    reached = {True: ", reached", False: ", NOT REACHED", None: ""}[figure.met]
    parts = (figure.what, figure.measured(), figure.compared(), figure.asked() + reached)
    return " | ".join(part for part in parts if part)


def _say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
