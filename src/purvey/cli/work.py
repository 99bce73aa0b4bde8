"""`purvey work`: the worker alone, beside any number of servers."""

import signal
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from purvey.cli.children import end_with
from purvey.cli.figures_page import figures_page
from purvey.cli.opening import opened
from purvey.config import read_settings

if TYPE_CHECKING:
    from purvey.worker.run import Worker

Hidden = Annotated[int | None, Parameter(show=False)]


def work(
    *,
    until_idle: Annotated[bool, Parameter(negative=())] = False,
    metrics_port: int | None = None,
    metrics_socket: Hidden = None,
    with_parent: Hidden = None,
) -> None:
    """Keep what orders were promised: payments, labels, tracking, mails, timers.

    Several workers share the work by shard; one that dies loses its shards to the others.

    Parameters
    ----------
    until_idle
        End when nothing is due or under way any more.
    metrics_port
        The port of 127.0.0.1 with a page of the worker's figures; PURVEY_WORKER_METRICS_PORT, else
        none.
    metrics_socket
        The page's socket, where the server has opened it.
    with_parent
        The process with which this one ends.
    """
    from purvey.cli.logs import configure_logs
    from purvey.kit.collecting import collect_seldom
    from purvey.worker.run import Worker

    settings = read_settings(worker_metrics_port=metrics_port)
    configure_logs(settings.log_level)
    with figures_page(settings.worker_metrics_port, metrics_socket), opened(settings) as house:
        worker = Worker(house)
        if with_parent is not None:
            end_with(with_parent, worker.stop)
        _stop_on_signals(worker)
        collect_seldom()
        house.keep_fresh()
        worker.run(until_idle=until_idle)


def _stop_on_signals(worker: "Worker") -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop())
