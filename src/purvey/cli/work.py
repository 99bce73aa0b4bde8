"""`purvey work`: the worker alone, beside any number of servers."""

import signal
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from purvey.cli.children import end_with
from purvey.cli.opening import opened
from purvey.config import read_settings

if TYPE_CHECKING:
    from purvey.worker.run import Worker

WithParent = Annotated[int | None, Parameter(show=False)]


def work(
    *,
    until_idle: Annotated[bool, Parameter(negative=())] = False,
    with_parent: WithParent = None,
) -> None:
    """Keep what orders were promised: payments, labels, tracking, mails, timers.

    Several workers share the work by shard; one that dies loses its shards to the others.

    Parameters
    ----------
    until_idle
        End when nothing is due or under way any more.
    with_parent
        The process with which this one ends.
    """
    from purvey.cli.logs import configure_logs
    from purvey.worker.run import Worker

    settings = read_settings()
    configure_logs(settings.log_level)
    with opened(settings) as house:
        worker = Worker(house)
        if with_parent is not None:
            end_with(with_parent, worker.stop)
        _stop_on_signals(worker)
        worker.run(until_idle=until_idle)


def _stop_on_signals(worker: "Worker") -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
