"""What the doctor says in one line."""

import io

from rich.console import Console

from purvey.queries.doctor import Report, render


def test_what_was_counted_once_is_told_in_the_singular():
    console = Console(width=200, file=io.StringIO(), record=True)
    counts = {"orders": 1, "payments_compared": 1, "history": 1, "lines": 2, "messages": 0}
    console.print(render(Report(checked=counts)))
    said = console.export_text()
    assert "1 order, 1 payment compared, 1 history, 2 lines, 0 messages" in said
