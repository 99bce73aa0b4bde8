"""A worker's figures for Prometheus, on a page of 127.0.0.1: `GET /metrics`.

A worker beside a server inherits the socket, so its page stays at one place when it starts again.
"""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from purvey.cli import listening

HERE = "127.0.0.1"  # figures are no secret, and nobody else's business


@contextmanager
def figures_page(port: int, descriptor: int | None) -> Iterator[None]:
    """Serve it until the end of the block; `port` 0: not at all, unless there is a socket."""
    if not port and descriptor is None:
        yield
        return
    bound = listening.listen(HERE, port, name="--metrics-port") if descriptor is None else None
    with bound or socket.socket(fileno=descriptor) as page:
        server = _Server(page)
        Thread(target=server.serve_forever, name="figures", daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


def figures_socket(port: int) -> socket.socket:
    """For a worker to inherit; port 0 takes any that is free."""
    return listening.listen(HERE, port, name="PURVEY_WORKER_METRICS_PORT")


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True

    def __init__(self, page: socket.socket):
        from prometheus_client import make_wsgi_app

        from purvey import metrics

        super().__init__(page.getsockname(), _Quiet, bind_and_activate=False)
        self.socket.close()
        self.socket = page
        self.setup_environ()
        self.set_app(make_wsgi_app(metrics.WORKER))

    def setup_environ(self) -> None:
        self.server_name, self.server_port = HERE, self.socket.getsockname()[1]
        super().setup_environ()


class _Quiet(WSGIRequestHandler):
    """Whoever looks every few seconds leaves no line in the log."""

    def log_message(self, *_: Any) -> None:
        pass
