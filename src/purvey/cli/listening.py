"""Take the port that the server listens on, or say in one line why it cannot be had."""

import errno
import socket

from purvey.cli.problem import Problem

BACKLOG = 2048
MAX_PORT = 65_535


def listen(host: str, port: int, *, name: str = "--port") -> socket.socket:
    """For one server process. Callers that come before it is ready wait in the queue.

    `name`: what the port is set by."""
    return _bound(host, port, shared=False, name=name)


def listen_first(host: str, port: int) -> socket.socket:
    """For the first of several processes: fails when the port is another program's.

    The kernel lets any process of the same user join a shared port, so it is asked for alone first.
    """
    with _bound(host, port, shared=False) as alone:
        port = alone.getsockname()[1]
    return _bound(host, port, shared=True)


def join(host: str, port: int) -> socket.socket:
    """For the others: each new connection goes to one of the processes (SO_REUSEPORT)."""
    return _bound(host, port, shared=True)


def address_of(bound: socket.socket) -> str:
    host, port = bound.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bound(host: str, port: int, *, shared: bool, name: str = "--port") -> socket.socket:
    if not 0 <= port <= MAX_PORT:
        raise Problem(f"{name}: write a number from 0 to {MAX_PORT}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG, reuse_port=shared)
    except OSError as error:
        raise Problem(_why(error, host, port, name=name)) from None


def _why(error: OSError, host: str, port: int, *, name: str) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} is taken: stop the other program, or choose another with {name}."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights: choose one above 1023 with {name}."
    return f"Nobody can listen on {host}: {error.strerror or error}. Choose another with --host."
