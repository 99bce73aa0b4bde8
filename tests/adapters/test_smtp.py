"""Mails against a real mail server: what arrives, and what each "no" becomes."""

import socket
import ssl
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import SMTPUTF8
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session
from hypothesis import given, settings
from hypothesis import strategies as st

from purvey.adapters import BadSettings, find
from purvey.adapters.smtp.address import is_address, to_header
from purvey.adapters.smtp.letter import letter, message_id
from purvey.adapters.smtp.notifier import SmtpNotifier
from purvey.ports.notifier import Bounced, Notice, Sent
from purvey.ports.trouble import GiveUp, TryLater, Unknown
from tests.servers.smtp import MailServer, Mode

CERTIFICATE = Path(__file__).with_name("mail_server.pem")  # for localhost, valid for a century
NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
ANN = Notice(
    key="notify.shipped:ord_1",
    to="ann@example.com",
    subject="Your order 1001",
    text="Thank you.\n.\nBye.\n",
    html="<p>Thank you, Zoë.</p>",
)


def notifier_for(port: int, **settings: object) -> SmtpNotifier:
    place = {"host": "localhost", "port": port, "security": "none", "timeout_seconds": 5}
    notifier: SmtpNotifier = find("smtp").open(place | settings)
    return notifier


@pytest.fixture
def notifier(mail_server: MailServer) -> SmtpNotifier:
    return notifier_for(mail_server.port, sender="Söhne, Ltd <shop@example.com>")


def test_text_and_html_arrive_as_they_were_written(
    notifier: SmtpNotifier, mail_server: MailServer
) -> None:
    assert notifier.send([ANN]) == [Sent()]
    (mail,) = mail_server.mails
    text, html = mail.message.get_body(("plain",)), mail.message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert text.get_content().replace("\r\n", "\n") == ANN.text
    assert html.get_content().strip() == ANN.html
    assert mail.message.get_content_type() == "multipart/alternative"


def test_the_envelope_and_the_header_name_the_same_people(
    notifier: SmtpNotifier, mail_server: MailServer
) -> None:
    notifier.send([ANN])
    (mail,) = mail_server.mails
    assert (mail.sender, mail.recipients) == ("shop@example.com", ("ann@example.com",))
    assert mail.message["From"].addresses[0].display_name == "Söhne, Ltd"
    assert mail.message["To"] == "ann@example.com"


def test_the_same_notice_has_the_same_message_id(
    notifier: SmtpNotifier, mail_server: MailServer
) -> None:
    notifier.send([ANN, ANN, replace(ANN, key="another")])
    ids = [mail.message["Message-ID"] for mail in mail_server.mails]
    assert ids[0] == ids[1] == message_id(key=ANN.key, domain="example.com")
    assert ids[2] != ids[0]


class Counts:
    """How many mails came over each connection."""

    def __init__(self) -> None:
        self.mails: Counter[object] = Counter()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.mails[session.peer] += 1
        return "250 OK"


def test_one_connection_is_enough_for_many() -> None:
    handler = Counts()
    with serving(handler) as port:
        notifier_for(port).send([replace(ANN, key=str(no)) for no in range(20)])
    assert [*handler.mails.values()] == [20]


def test_a_header_cannot_be_smuggled_in(notifier: SmtpNotifier, mail_server: MailServer) -> None:
    evil = "Hello\r\nBcc: eve@example.com\r\n\r\nBuy\x00 this\u2028now"
    outcomes = notifier.send(
        [
            replace(ANN, subject=evil),
            replace(ANN, to="ann@example.com\r\nRCPT TO:<eve@example.com>"),
            replace(ANN, to="ann@example.com, eve@example.com"),
            replace(ANN, to="Ann <ann@example.com>"),
        ]
    )
    assert [type(outcome) for outcome in outcomes] == [Sent, Bounced, Bounced, Bounced]
    (mail,) = mail_server.mails
    assert mail.recipients == ("ann@example.com",)
    assert mail.message["Bcc"] is None
    assert mail.message["Subject"] == "Hello Bcc: eve@example.com Buy this now"


@settings(deadline=None)
@given(
    to=st.text(min_size=1, max_size=40).map(lambda x: f"{x}@example.com").filter(is_address),
    subject=st.text(max_size=300),
    text=st.text(max_size=300),
)
def test_whatever_people_write_makes_a_mail_with_the_same_header(
    to: str, subject: str, text: str
) -> None:
    notice = replace(ANN, to=to, subject=subject, text=text)
    mail = letter(notice, sender=to_header("shop@example.com"), reply_to=None, now=NOW)
    head = mail.as_bytes(policy=SMTPUTF8).partition(b"\r\n\r\n")[0]
    names = [line.partition(b":")[0] for line in head.split(b"\r\n") if not line.startswith(b" ")]
    expected = (
        "From To Subject Date Message-ID Auto-Submitted X-Auto-Response-Suppress MIME-Version"
        " Content-Type Content-Language"
    )
    assert b" ".join(names).decode() == expected


def test_a_domain_beyond_ascii_is_sent_as_dns_has_it(
    notifier: SmtpNotifier, mail_server: MailServer
) -> None:
    assert notifier.send([replace(ANN, to="ann@bücher.example")]) == [Sent()]
    assert mail_server.mails[0].recipients == ("ann@xn--bcher-kva.example",)


def test_a_mailbox_beyond_ascii_needs_a_server_that_takes_it(
    notifier: SmtpNotifier, mail_server: MailServer
) -> None:
    (outcome,) = notifier.send([replace(ANN, to="zoë@example.com")])
    assert isinstance(outcome, Bounced)
    assert "ASCII" in outcome.reason


def test_a_mailbox_beyond_ascii_is_sent_to_where_it_is_taken() -> None:
    mails: list[Envelope] = []
    with serving(mails, enable_SMTPUTF8=True) as port:
        assert notifier_for(port).send([replace(ANN, to="zoë@example.com")]) == [Sent()]
    assert mails[0].rcpt_tos == ["zoë@example.com"]


def test_a_refused_recipient_bounces_with_the_servers_words(
    notifier: SmtpNotifier, mail_server: MailServer
) -> None:
    mail_server.mode = Mode.REFUSE_RECIPIENT
    outcomes = notifier.send([ANN, ANN])
    assert outcomes == [Bounced(reason="The mail server says: 550 No such mailbox")] * 2


def test_a_server_that_asks_for_patience_gets_it(
    notifier: SmtpNotifier, mail_server: MailServer
) -> None:
    mail_server.mode = Mode.TRY_LATER
    outcomes = notifier.send([ANN, ANN])
    assert [type(outcome) for outcome in outcomes] == [TryLater] * 2


@pytest.mark.parametrize("mode", [Mode.DROP, Mode.DROP_AFTER])
def test_a_connection_that_breaks_with_the_text_leaves_that_one_open(
    notifier: SmtpNotifier, mail_server: MailServer, mode: Mode
) -> None:
    mail_server.mode = mode
    outcomes = notifier.send([ANN, ANN, ANN])
    assert [type(outcome) for outcome in outcomes] == [Unknown, TryLater, TryLater]


class HangsUpAfter:
    """Takes two mails a connection, as busy servers do."""

    def __init__(self) -> None:
        self.taken = 0

    async def handle_MAIL(self, server: SMTP, session: Session, *_: Any) -> str:  # noqa: N802
        session.taken = getattr(session, "taken", 0) + 1  # type: ignore[attr-defined]
        if session.taken > 2:  # type: ignore[attr-defined]
            return "421 Enough for now"
        server.envelope.mail_from = "x@example.com"  # type: ignore[union-attr]
        return "250 OK"

    async def handle_DATA(self, *_: Any) -> str:  # noqa: N802
        self.taken += 1
        return "250 OK"


def test_a_server_that_takes_a_few_at_a_time_is_called_again() -> None:
    handler = HangsUpAfter()
    with serving(handler) as port:
        outcomes = notifier_for(port).send([replace(ANN, key=str(no)) for no in range(7)])
    assert [type(outcome) for outcome in outcomes] == [Sent, Sent, TryLater] * 2 + [Sent]
    assert handler.taken == 5


class Says:
    """Answers one command with the words it is given, and the others with a yes."""

    def __init__(self, command: str, words: str):
        setattr(self, f"handle_{command}", self.answer)
        self._words = words

    async def answer(self, *_: Any) -> str:
        return self._words


@pytest.mark.parametrize(
    ("command", "words", "outcome"),
    [
        ("MAIL", "550 You may not send as that", GiveUp),
        ("MAIL", "451 Busy", TryLater),
        ("RCPT", "530 Log in first", GiveUp),
        ("DATA", "554 This is spam", Bounced),
        ("DATA", "452 The disk is full", TryLater),
        ("DATA", "421 Going down", TryLater),
    ],
)
def test_what_each_no_becomes(command: str, words: str, outcome: type[object]) -> None:
    with serving(Says(command, words)) as port:
        outcomes = notifier_for(port).send([ANN, ANN])
    assert [type(one) for one in outcomes] == [outcome] * 2


def test_answers_go_where_the_shop_wants_them(mail_server: MailServer) -> None:
    reply_to = "Lee & Sons, Leeds <desk@example.com>"
    notifier_for(mail_server.port, reply_to=reply_to).send([ANN])
    (address,) = mail_server.mails[0].message["Reply-To"].addresses
    assert (address.display_name, address.addr_spec) == ("Lee & Sons, Leeds", "desk@example.com")


@pytest.mark.parametrize("address", ["ann@a..b", "ann@" + "x" * 64 + ".example"])
def test_a_domain_that_cannot_be_bounces(notifier: SmtpNotifier, address: str) -> None:
    (outcome,) = notifier.send([replace(ANN, to=address)])
    assert isinstance(outcome, Bounced)


def test_a_server_that_is_away_is_tried_later() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        outcomes = notifier_for(port, host="127.0.0.1").send([ANN, ANN])
    assert [type(outcome) for outcome in outcomes] == [TryLater] * 2


def test_a_server_that_says_nothing_is_not_waited_for_without_end() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        port = silent.getsockname()[1]
        (outcome,) = notifier_for(port, host="127.0.0.1", timeout_seconds=0.2).send([ANN])
    assert isinstance(outcome, TryLater)


class Serving:
    def __init__(self, handler: object, **settings: Any):
        self._controller = Controller(handler, hostname="127.0.0.1", port=free_port(), **settings)

    def __enter__(self) -> int:
        self._controller.start()
        return int(self._controller.port)

    def __exit__(self, *_: object) -> None:
        self._controller.stop()


class Keeps:
    def __init__(self, mails: list[Envelope]):
        self._mails = mails

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self._mails.append(envelope)
        return "250 OK"


def serving(handler: object, **settings: Any) -> Serving:
    return Serving(Keeps(handler) if isinstance(handler, list) else handler, **settings)


def free_port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as found:
        return int(found.getsockname()[1])


def knows(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
) -> AuthResult:
    return AuthResult(handled=False, success=(data.login, data.password) == (b"shop", b"secret"))


@pytest.fixture
def tls() -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
def guarded(tls: ssl.SSLContext) -> Iterator[tuple[int, list[Envelope]]]:
    """A server with STARTTLS that lets in only who knows the password."""
    mails: list[Envelope] = []
    guard = {"tls_context": tls, "require_starttls": True, "auth_required": True}
    with serving(mails, authenticator=knows, **guard) as port:
        yield port, mails


def test_we_log_in_over_tls(guarded: tuple[int, list[Envelope]]) -> None:
    port, mails = guarded
    login = {"user": "shop", "password": "secret", "ca_file": CERTIFICATE}
    notifier = notifier_for(port, security="starttls", **login)
    assert notifier.send([ANN]) == [Sent()]
    assert len(mails) == 1
    assert "lets us in" in notifier.ping()


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"security": "starttls", "user": "shop", "password": "wrong"}, "535"),
        ({"security": "starttls"}, "530"),
        ({"security": "none", "user": "shop", "password": "secret"}, ""),
    ],
)
def test_a_server_that_does_not_let_us_in_needs_a_person(
    guarded: tuple[int, list[Envelope]], settings: dict[str, str], says: str
) -> None:
    port, mails = guarded
    outcomes = notifier_for(port, ca_file=CERTIFICATE, **settings).send([ANN, ANN])
    assert [type(outcome) for outcome in outcomes] == [GiveUp] * 2
    assert says in str(outcomes[0])
    assert mails == []


def test_a_certificate_that_nobody_vouches_for_needs_a_person(
    guarded: tuple[int, list[Envelope]],
) -> None:
    notifier = notifier_for(guarded[0], security="starttls", user="shop", password="secret")
    with pytest.raises(GiveUp, match="certificate"):
        notifier.ping()


def test_a_server_without_tls_needs_a_person(mail_server: MailServer) -> None:
    with pytest.raises(GiveUp, match="STARTTLS"):
        notifier_for(mail_server.port, security="starttls").ping()


def test_tls_from_the_first_byte(tls: ssl.SSLContext) -> None:
    mails: list[Envelope] = []
    with serving(mails, ssl_context=tls) as port:
        notifier = notifier_for(port, security="ssl", ca_file=CERTIFICATE)
        assert notifier.send([ANN]) == [Sent()]
    assert len(mails) == 1


@pytest.mark.parametrize(
    "settings",
    [{}, {"host": ""}, {"host": "x", "sender": "nobody"}, {"host": "x", "security": "tls"}],
)
def test_settings_that_cannot_work_are_refused_at_the_start(settings: dict[str, str]) -> None:
    with pytest.raises(BadSettings, match="Settings of smtp"):
        find("smtp").open(settings)
