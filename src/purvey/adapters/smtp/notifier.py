"""Delivers notices to a mail server: many over one connection, each with its own outcome."""

import smtplib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.policy import SMTP, SMTPUTF8

from purvey.adapters.smtp.address import in_ascii, is_address, to_header
from purvey.adapters.smtp.connection import connect, hang_up
from purvey.adapters.smtp.letter import letter
from purvey.adapters.smtp.reply import (
    REFUSED,
    SHUTTING_DOWN,
    about_the_recipient,
    about_the_sender,
    words_of,
)
from purvey.adapters.smtp.settings import Settings
from purvey.ports.notifier import Bounced, Notice, Sent
from purvey.ports.trouble import Trouble, TryLater, Unknown

Outcome = Sent | Bounced | Exception


class SmtpNotifier:
    """A `Notifier`. Each `send` opens its own connection, so threads share nothing."""

    def __init__(
        self, settings: Settings, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ):
        self._settings = settings
        self._sender = to_header(settings.sender)
        self._reply_to = to_header(settings.reply_to) if settings.reply_to else None
        self._clock = clock

    def send(self, notices: list[Notice]) -> list[Sent | Bounced | Exception]:
        """A connection that breaks is opened anew as long as the one before took something."""
        outcomes: list[Outcome] = []
        while len(outcomes) < len(notices):
            rest = notices[len(outcomes) :]
            try:
                outcomes += self._deliver(connect(self._settings), rest)
            except Trouble as trouble:
                outcomes += [trouble] * len(rest)
        return outcomes

    def ping(self) -> str:
        """Raises Trouble when the server is away or refuses our password."""
        hang_up(connect(self._settings))
        return f"Mail server {self._settings.host}:{self._settings.port} lets us in."

    def _deliver(self, server: smtplib.SMTP, notices: Sequence[Notice]) -> list[Outcome]:
        """As far as the connection holds, at least one. One that took nothing ends the list."""
        outcomes: list[Outcome] = []
        for left, notice in zip(reversed(range(len(notices))), notices, strict=True):
            outcomes.append(self._deliver_one(server, notice))
            if server.sock is None:
                took_any = any(isinstance(outcome, Sent | Bounced) for outcome in outcomes)
                return outcomes if took_any else outcomes + [_BREAKS] * left
        hang_up(server)
        return outcomes

    def _deliver_one(self, server: smtplib.SMTP, notice: Notice) -> Outcome:
        if not is_address(notice.to):
            return Bounced(reason="This is not an e-mail address.")
        to = in_ascii(notice.to)
        if to is None and not server.has_extn("smtputf8"):
            return Bounced(reason="The mail server takes only addresses in ASCII.")
        mail = letter(notice, sender=self._sender, reply_to=self._reply_to, now=self._clock())
        content = mail.as_bytes(policy=SMTP if to else SMTPUTF8)
        return _hand_over(
            server, sender=self._sender.addr_spec, to=to or notice.to, content=content
        )


_BREAKS = TryLater("The mail server broke the connection before it took anything.")


def _hand_over(server: smtplib.SMTP, *, sender: str, to: str, content: bytes) -> Outcome:
    options = [] if to.isascii() else ["SMTPUTF8"]
    try:
        code, said = server.mail(sender, options)
        if code >= REFUSED:
            return _after(server, code, about_the_sender(code, words_of(said)))
        code, said = server.rcpt(to)
        if code >= REFUSED:
            return _after(server, code, about_the_recipient(code, words_of(said)))
    except (smtplib.SMTPException, OSError) as error:
        server.close()
        return TryLater(f"The mail server broke the connection: {error}")
    return _hand_over_text(server, content)


def _hand_over_text(server: smtplib.SMTP, content: bytes) -> Outcome:
    """The text is on its way: a connection that breaks now leaves open whether it was kept."""
    said: bytes | str
    try:
        code, said = server.data(content)
    except smtplib.SMTPDataError as error:
        code, said = error.smtp_code, error.smtp_error
    except (smtplib.SMTPException, OSError) as error:
        server.close()
        return Unknown(f"The mail server broke the connection before it answered: {error}")
    if code < REFUSED:
        return Sent()
    return _after(server, code, about_the_recipient(code, words_of(said)))


def _after(server: smtplib.SMTP, code: int, outcome: Outcome) -> Outcome:
    """Ready for the next mail, unless the server is about to go."""
    try:
        if code == SHUTTING_DOWN:
            server.close()
        else:
            server.rset()
    except (smtplib.SMTPException, OSError):
        server.close()
    return outcome
