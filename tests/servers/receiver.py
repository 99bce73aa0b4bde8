"""Somebody else's server that gets webhooks: it keeps what comes, and misbehaves when told to.

with Receiver() as receiver:
    receiver.answers = [Says(500), Says(200)]  # the last one from then on
"""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Says:
    """`drip`: seconds between single bytes of an answer that never ends."""

    status: int = 200
    body: bytes = b"thank you"
    headers: Mapping[str, str] = field(default_factory=dict)
    after_seconds: float = 0.0
    drip: float = 0.0


@dataclass(frozen=True, slots=True)
class Got:
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 100

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Senders hang up on us; that is their right."""


class Receiver:
    """Listens on a free port of the loopback interface; `pem`: with TLS."""

    def __init__(self, pem: Path | None = None) -> None:
        self.answers = [Says()]
        self.got: list[Got] = []
        self.on_request: Callable[[Got], None] = lambda got: None
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._scheme = "https" if pem else "http"
        if pem:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._closing = threading.Event()

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def url(self, path: str = "/hooks", *, host: str = "127.0.0.1") -> str:
        return f"{self._scheme}://{host}:{self.port}{path}"

    def __enter__(self) -> Self:
        run = self._server.serve_forever
        threading.Thread(target=run, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _next(self, got: Got) -> Says:
        with self._lock:
            self.got.append(got)
            says = self.answers[0]
            if len(self.answers) > 1:
                self.answers.pop(0)
        self.on_request(got)
        return says

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers.get("content-length", 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                says = receiver._next(Got(self.path, headers, self.rfile.read(size)))
                receiver._closing.wait(says.after_seconds)
                self.send_response(says.status)
                for name, value in says.headers.items():
                    self.send_header(name, value)
                if not says.drip:
                    self.send_header("Content-Length", str(len(says.body)))
                self.end_headers()
                self.wfile.write(says.body)
                while says.drip and not receiver._closing.is_set():
                    time.sleep(says.drip)
                    self.wfile.write(b".")
                    self.wfile.flush()

            def log_message(self, *_: object) -> None:
                pass

        return Handler
