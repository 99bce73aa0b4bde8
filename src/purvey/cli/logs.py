"""How this process logs: one event a line on stderr; JSON, or words where a person looks on."""

import logging
import sys
from typing import TextIO, cast

import structlog

from purvey.config import BadSetting

LEVELS = {name: getattr(logging, name.upper()) for name in ("debug", "info", "warning", "error")}


def configure_logs(level: str) -> None:
    if level.lower() not in LEVELS:
        raise BadSetting(f"PURVEY_LOG_LEVEL: write one of {', '.join(LEVELS)}.")
    at_a_terminal = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *([] if at_a_terminal else [structlog.processors.format_exc_info]),
            structlog.dev.ConsoleRenderer()
            if at_a_terminal
            else structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(LEVELS[level.lower()]),
        logger_factory=structlog.PrintLoggerFactory(cast(TextIO, _Stderr())),
        cache_logger_on_first_use=True,  # else each line, shown or not, makes its logger anew
    )


class _Stderr:
    """What `sys.stderr` is at this moment: loggers are kept, and a file given to them may be closed
    before they are done (a caller that redirects stderr for one command, as tests do)."""

    def write(self, text: str) -> int:
        return sys.stderr.write(text)

    def flush(self) -> None:
        sys.stderr.flush()
