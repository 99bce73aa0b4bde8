"""The doctor among the living: no false alarm while the shop works, whatever the size of a page."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from rich.console import Console

from purvey.queries.doctor import Finding, Report, case, examine, render
from purvey.wiring import House
from purvey.worker.run import Worker
from tests.doctor.conftest import Scene
from tests.doctor.shop import Shop, settings
from tests.servers.databases import KINDS, Databases

EXAMINATIONS = 12


@pytest.mark.parametrize("kind", KINDS)
def test_there_is_no_false_alarm_while_the_shop_works(
    databases: Databases, tmp_path: Path, kind: str
):
    shop = Shop(databases.fresh(kind, tmp_path).url, tmp_path)
    shop.stock("85123A", 10**6)
    try:
        with _orders_coming_in(shop), _worker(shop):
            reports = [shop.examine() for _ in range(EXAMINATIONS)]
        assert [report.findings for report in reports] == [()] * EXAMINATIONS
        assert reports[-1].checked["orders"] > reports[0].checked["orders"]
        assert shop.examine().ok
    finally:
        shop.close()
        databases.take_back()


@contextmanager
def _orders_coming_in(shop: Shop) -> Iterator[None]:
    stop = threading.Event()
    tokens = ("tok_ok", "tok_timeout_after", "tok_timeout_before", "tok_declined")

    def take() -> None:
        for n in count():
            if stop.is_set():
                return
            shop.take(f"live-{n}", token=tokens[n % len(tokens)])

    with _thread(take, stop.set):
        yield


@contextmanager
def _worker(shop: Shop) -> Iterator[None]:
    house = House(settings(shop.url, shop.folder, sandbox_warehouse=1))
    worker = Worker(house)
    with _thread(worker.run, worker.stop):
        yield
    house.close()


@contextmanager
def _thread(target: object, stop: object) -> Iterator[None]:
    thread = threading.Thread(target=target, daemon=True)  # type: ignore[arg-type]
    thread.start()
    try:
        yield
    finally:
        stop()  # type: ignore[operator]
        thread.join(20)
        assert not thread.is_alive()


@pytest.mark.parametrize("size", [1, 2, 7])
def test_the_size_of_a_page_changes_nothing(
    scene: Scene, size: int, monkeypatch: pytest.MonkeyPatch
):
    whole = scene.shop.examine()
    monkeypatch.setattr(case, "PAGE", size)
    assert scene.shop.examine() == whole


def test_an_empty_shop_is_well(databases: Databases, tmp_path: Path):
    shop = Shop(databases.fresh("sqlite", tmp_path).url, tmp_path)
    report = shop.examine()
    shop.close()
    assert report.ok


def test_progress_is_told_from_the_first_check_to_the_last_order(scene: Scene):
    told: list[tuple[str, int, int]] = []
    examine(scene.shop.house.database, progress=lambda *step: told.append(step))
    orders = len(scene.shop.ids)
    assert ("orders", orders, orders) in told
    assert all(done <= of for _, done, of in told)


FINDING = Finding(
    promise=5,
    what="3 units are counted as reserved, but orders hold 2.",
    where="stock of [red]85123A[/red] in main",
    remedy="update stock set reserved = 2",
    check="reserved_is_what_orders_hold",
)


def test_a_report_is_read_by_people():
    report = Report(checked={"orders": 1234}, findings=(FINDING,), unlisted={FINDING.check: 7})
    console = Console(width=200)
    with console.capture() as captured:
        console.print(render(report))
    lines = [line.strip() for line in captured.get().splitlines()]
    assert lines == [
        "Promise 5 broken: 3 units are counted as reserved, but orders hold 2.",
        "where   stock of [red]85123A[/red] in main",
        "remedy  update stock set reserved = 2",
        "",
        "and 7 more of: reserved is what orders hold",
        "1 finding. Checked: 1,234 orders.",
    ]


def test_a_report_is_read_by_programs():
    report = Report(checked={"orders": 1}, findings=(FINDING,))
    told = json.loads(json.dumps(report.to_json()))
    assert told["ok"] is False
    assert report.exit_code == 1
    assert told["checked"] == {"orders": 1}
    assert told["findings"][0].keys() >= {"promise", "what", "where", "remedy"}
