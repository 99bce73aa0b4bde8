"""One POST to somebody else's address, with everything about it bounded.

1. The name is looked up once. Addresses that the rules do not allow are never connected to.
2. The connection goes to an address that was checked, so a name that answers differently the next
   time (DNS rebinding) changes nothing. TLS and `Host` still go by the name.
3. Redirects are answers like others: nothing is followed. No proxy of the environment is used.
4. All of it, from the connection to the last byte that is read, has one deadline.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from purvey import __version__
from purvey.domain.webhook_urls import UrlRules, not_public, public_ones

SECONDS = 15.0
MAX_BYTES = 65_536  # of an answer's body; the rest is not read
MAX_SHOWN = 500  # characters of it that are kept
MAX_ADDRESSES = 3  # of one name that are tried
AGENT = f"purvey/{__version__} webhooks"
Resolve = Callable[[str, int], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`status` None: there was none, and `text` says why. `outcome`: answered, timeout, refused
    (the address is not allowed), unknown_name, unreachable, tls, broken."""

    outcome: str
    status: int | None = None
    text: str = ""
    duration_ms: int = 0
    retry_after: timedelta | None = None


class _Failed(Exception):
    def __init__(self, outcome: str, sentence: str):
        super().__init__(sentence)
        self.outcome = outcome


def look_up(host: str, port: int) -> list[str]:
    """The addresses of a name, in the system's order."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """How requests go out. `resolve`, `trust` and `seconds` are changed by tests."""

    rules: UrlRules
    resolve: Resolve = look_up
    trust: ssl.SSLContext | None = None
    seconds: float = SECONDS

    def post(self, url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
        """Never raises for what others do."""
        began = time.monotonic()
        try:
            answer = self._post(url, headers, body, began + self.seconds)
        except _Failed as failed:
            answer = Answer(outcome=failed.outcome, text=str(failed))
        except (ssl.SSLError, ssl.CertificateError) as error:
            answer = Answer(outcome="tls", text=f"No trusted connection: {_reason(error)}")
        except TimeoutError:
            answer = Answer(outcome="timeout", text=f"No answer within {self.seconds:g} seconds.")
        except OSError as error:
            answer = Answer(outcome="unreachable", text=f"No connection: {_reason(error)}")
        except (http.client.HTTPException, ValueError) as error:
            answer = Answer(outcome="broken", text=f"No HTTP answer: {type(error).__name__}")
        return _timed(answer, began)

    def _post(self, url: str, headers: Mapping[str, str], body: bytes, until: float) -> Answer:
        wrong = self.rules.problem_with(url)
        if wrong:
            raise _Failed("refused", wrong)
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        host = parts.hostname or ""
        reached = self._connect(self._addresses(host, port), port, until)
        with reached:
            spoken = self._secured(reached, host, until) if parts.scheme == "https" else reached
            with spoken:
                return _talk(_Line(spoken, until), url, headers, body)

    def _addresses(self, host: str, port: int) -> list[str]:
        try:
            found = self.resolve(host, port)
        except (OSError, UnicodeError):
            raise _Failed("unknown_name", f"The name {host} cannot be looked up.") from None
        allowed = public_ones(self.rules, found)
        if not allowed:
            raise _Failed("refused", not_public(host))
        return allowed[:MAX_ADDRESSES]

    def _connect(self, addresses: Sequence[str], port: int, until: float) -> socket.socket:
        """To the first address that takes it; each gets its share of the time."""
        *others, last = addresses
        for at, address in enumerate(others):
            try:
                share = _left(until) / (len(addresses) - at)
                return socket.create_connection((address, port), timeout=share)
            except OSError:
                continue
        return socket.create_connection((last, port), timeout=_left(until))

    def _secured(self, reached: socket.socket, host: str, until: float) -> ssl.SSLSocket:
        reached.settimeout(_left(until))
        context = self.trust or ssl.create_default_context()
        return context.wrap_socket(reached, server_hostname=host)


class _Line:
    """A connection that is read and written until a deadline, whatever the other end does. It has
    what http.client uses of a socket."""

    def __init__(self, connection: socket.socket, until: float):
        self._connection, self._until = connection, until

    def sendall(self, data: bytes) -> None:
        self._connection.settimeout(_left(self._until))
        self._connection.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._connection, self._until))

    def close(self) -> None:
        """Whoever opened the connection closes it."""


class _Incoming(io.RawIOBase):
    def __init__(self, connection: socket.socket, until: float):
        self._connection, self._until = connection, until

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        self._connection.settimeout(_left(self._until))
        return self._connection.recv_into(buffer)


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _talk(line: _Line, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc)
    connection.sock = line  # all that is used of a socket
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    ours = {"User-Agent": AGENT, "Content-Type": "application/json", "Connection": "close"}
    connection.request("POST", target, body, {"Host": parts.netloc, **ours, **headers})
    response = connection.getresponse()
    text = response.read(MAX_BYTES).decode("utf-8", "replace")
    return Answer(
        outcome="answered",
        status=response.status,
        text=_printable(text)[:MAX_SHOWN],
        retry_after=retry_after(response.getheader("retry-after"), now=datetime.now(UTC)),
    )


def retry_after(text: str | None, *, now: datetime) -> timedelta | None:
    """Seconds or a date (RFC 9110, 10.2.3); what is neither, or past, says nothing."""
    text = (text or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 9:
        return timedelta(seconds=int(text)) or None
    try:
        wait = parsedate_to_datetime(text).astimezone(UTC) - now
    except (ValueError, OverflowError):
        return None
    return wait if wait > timedelta() else None


def _printable(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def _reason(error: OSError) -> str:
    """In the system's words, without an address or a file's name."""
    verify = getattr(error, "verify_message", "")
    return verify or error.strerror or type(error).__name__


def _timed(answer: Answer, began: float) -> Answer:
    return Answer(
        outcome=answer.outcome,
        status=answer.status,
        text=answer.text,
        duration_ms=round((time.monotonic() - began) * 1000),
        retry_after=answer.retry_after,
    )
