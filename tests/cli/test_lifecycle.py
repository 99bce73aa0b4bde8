import json

from purvey.lifecycle import ORDER, PROCESSES
from tests.cli.conftest import Run


def test_every_process_is_drawn_for_mermaid(purvey: Run):
    out = purvey("lifecycle", "--mermaid").out
    assert out.count("```mermaid\nstateDiagram-v2") == len(PROCESSES)
    for process in PROCESSES:
        assert f"## {process.name.capitalize()}" in out
        assert all(str(state) in out for state in process.states)


def test_the_table_has_every_trigger(purvey: Run):
    out = purvey("lifecycle").out
    for process in PROCESSES:
        assert all(name in out for name in (*process.request_names, *process.report_names))


def test_as_data(purvey: Run):
    shown = json.loads(purvey("lifecycle", "--json").out)
    assert set(shown) == {process.name for process in PROCESSES}
    assert shown["order"]["start"] == ORDER.start
    assert set(shown["order"]["ends"]) == set(ORDER.ends)
    assert len(shown["order"]["steps"]) == len(list(ORDER.steps))
