"""One request: bounded in time and size, to a checked address only, nothing followed."""

import ssl
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purvey.adapters.webhook_call import MAX_SHOWN, Caller, retry_after
from purvey.domain.webhook_urls import UrlRules
from tests.servers.receiver import Receiver, Says

PEM = Path(__file__).parents[1] / "adapters" / "mail_server.pem"
OPEN = UrlRules.parse("127.0.0.0/8", plain_http=True)
NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)


def post(url: str, **parts: object):
    caller = Caller(**{"rules": OPEN, "seconds": 5.0, **parts})  # type: ignore[arg-type]
    return caller.post(url, headers={"webhook-id": "evt_1"}, body=b"{}")


def test_it_is_a_post_with_our_headers_and_body(receiver: Receiver):
    answer = post(receiver.url("/hooks?key=1"))
    [got] = receiver.got
    assert (answer.outcome, answer.status, answer.text) == ("answered", 200, "thank you")
    assert (got.path, got.id, got.body) == ("/hooks?key=1", "evt_1", b"{}")
    assert got.headers["content-type"] == "application/json"
    assert got.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert got.headers["user-agent"].startswith("purvey/")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(receiver: Receiver, status: int):
    receiver.answers = [Says(status, headers={"Location": receiver.url("/elsewhere")}), Says()]
    assert post(receiver.url()).status == status
    assert [got.path for got in receiver.got] == ["/hooks"]


def test_a_name_that_leads_into_a_private_network_is_not_called(receiver: Receiver):
    """The rules allow no network; the name is public, its address is not."""
    rules = UrlRules(plain_http=True)
    url = receiver.url(host="hooks.example")
    for address in ("127.0.0.1", "::ffff:127.0.0.1", "::1", "169.254.169.254"):
        answer = post(url, rules=rules, resolve=lambda host, port, at=address: [at])
        assert answer.outcome == "refused"
        assert "not a public address" in answer.text
    assert receiver.got == []


@pytest.mark.parametrize("host", ["localhost", "127.1", "2130706433", "0x7f.1", "0177.0.0.1"])
def test_other_ways_to_write_the_loopback_address_do_not_help(receiver: Receiver, host: str):
    answer = post(receiver.url(host=host), rules=UrlRules(plain_http=True))
    assert answer.outcome in ("refused", "unknown_name")
    assert receiver.got == []


def test_a_name_is_looked_up_once_and_the_checked_address_is_called(receiver: Receiver):
    """DNS rebinding: the second look-up would answer with another address. There is none."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    assert post(receiver.url(host="hooks.example"), resolve=resolve).status == 200
    assert asked == ["hooks.example"]
    assert receiver.got[0].headers["host"] == f"hooks.example:{receiver.port}"


def test_of_several_addresses_only_the_allowed_ones_are_called(receiver: Receiver):
    answer = post(
        receiver.url(host="hooks.example"), resolve=lambda host, port: ["10.0.0.1", "127.0.0.1"]
    )
    assert answer.status == 200
    assert answer.duration_ms < 2_000


def test_an_address_that_does_not_answer_gives_way_to_the_next(receiver: Receiver):
    answer = post(
        receiver.url(host="hooks.example"), resolve=lambda host, port: ["127.9.9.9", "127.0.0.1"]
    )
    assert answer.status == 200


def test_a_name_that_nobody_knows_is_told():
    answer = post("http://no-such-name.invalid/")
    assert (answer.outcome, answer.status) == ("unknown_name", None)


def test_nobody_listens():
    with Receiver() as gone:
        url = gone.url()
    assert post(url).outcome == "unreachable"


def test_a_slow_answer_ends_at_the_deadline(receiver: Receiver):
    receiver.answers = [Says(after_seconds=30)]
    began = time.monotonic()
    answer = post(receiver.url(), seconds=0.4)
    assert answer.outcome == "timeout"
    assert time.monotonic() - began < 2
    assert 350 < answer.duration_ms < 2_000


def test_an_answer_that_drips_for_ever_ends_at_the_deadline(receiver: Receiver):
    """Each byte comes in time; all of them together do not."""
    receiver.answers = [Says(drip=0.05)]
    assert post(receiver.url(), seconds=0.5).outcome == "timeout"


def test_a_large_answer_is_read_and_kept_in_part(receiver: Receiver):
    receiver.answers = [Says(500, body=b"x" * 10_000_000)]
    answer = post(receiver.url())
    assert (answer.status, answer.text) == (500, "x" * MAX_SHOWN)


def test_what_is_kept_of_an_answer_can_be_kept_and_shown(receiver: Receiver):
    receiver.answers = [Says(400, body=b"no\0thing \xff\x1b[31mhere\n")]
    text = post(receiver.url()).text
    assert text.isprintable()
    assert "no thing" in text


def test_what_is_no_http_is_told(receiver: Receiver):
    import socket
    import threading

    with socket.create_server(("127.0.0.1", 0)) as rude:

        def answer() -> None:
            other, _ = rude.accept()
            with other:
                other.recv(1000)
                other.sendall(b"220 mail.example ESMTP\r\n")

        threading.Thread(target=answer, daemon=True).start()
        told = post(f"http://127.0.0.1:{rude.getsockname()[1]}/")
    assert told.outcome == "broken"


def test_tls_goes_by_the_name_not_by_the_address():
    trust = ssl.create_default_context(cafile=str(PEM))
    with Receiver(PEM) as receiver:
        here = {"resolve": lambda host, port: ["127.0.0.1"], "trust": trust}
        assert post(receiver.url(host="localhost"), **here).status == 200
        other = post(receiver.url(host="hooks.example"), **here)
        assert (other.outcome, other.status) == ("tls", None)
        assert len(receiver.got) == 1


def test_a_certificate_that_nobody_vouches_for_is_refused():
    with Receiver(PEM) as receiver:
        answer = post(receiver.url(host="localhost"), resolve=lambda host, port: ["127.0.0.1"])
    assert answer.outcome == "tls"


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        (None, None),
        ("", None),
        ("0", None),
        ("-5", None),
        ("soon", None),
        ("120", timedelta(seconds=120)),
        ("Mon, 04 May 2026 10:01:00 GMT", timedelta(seconds=60)),
        ("Mon, 04 May 2026 09:00:00 GMT", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str | None, wait: timedelta | None):
    assert retry_after(text, now=NOW) == wait
