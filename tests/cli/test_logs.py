"""The log of a process goes to where its stderr is now."""

import contextlib
import io
from collections.abc import Iterator

import pytest
import structlog

from purvey.cli.logs import configure_logs


@pytest.fixture(autouse=True)
def configuration_as_it_was() -> Iterator[None]:
    kept = structlog.get_config()
    yield
    structlog.configure(**kept)


def test_a_logger_outlives_the_stderr_that_it_was_made_under():
    log = structlog.get_logger()
    with contextlib.redirect_stderr(io.StringIO()) as first:
        configure_logs("info")
        log.info("one")
        first_said = first.getvalue()
    first.close()
    with contextlib.redirect_stderr(io.StringIO()) as second:
        log.info("two")
        second_said = second.getvalue()
    assert '"one"' in first_said and '"two"' in second_said and '"one"' not in second_said
