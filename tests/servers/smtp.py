"""A mail server that keeps what it gets, and misbehaves when told to.

with MailServer() as server:
    server.mode = Mode.TRY_LATER
"""

import asyncio
import threading
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import Enum
from typing import Self

from aiosmtpd.smtp import SMTP, Envelope, Session

STOP_SECONDS = 5


class Mode(Enum):
    ACCEPT = "accept"
    REFUSE_RECIPIENT = "550 No such mailbox"
    TRY_LATER = "451 Try again later"
    DROP = "cut the connection before the message is kept"
    DROP_AFTER = "cut the connection after the message is kept, so that the sender cannot know"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    sender: str
    recipients: tuple[str, ...]
    message: EmailMessage


class MailServer:
    """Listens on a free port of the loopback interface, in a thread of its own."""

    def __init__(self) -> None:
        self.mode = Mode.ACCEPT
        self.mails: list[Mail] = []
        self.host = "127.0.0.1"
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        listening = asyncio.run_coroutine_threadsafe(self._listen(), self._loop)
        self._server = listening.result(STOP_SECONDS)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result(STOP_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_SECONDS)
        self._loop.close()

    async def _listen(self) -> asyncio.Server:
        return await self._loop.create_server(self._session, self.host, 0)

    def _session(self) -> SMTP:
        return SMTP(_Handler(self), hostname="mail.test", loop=self._loop)

    async def _close(self) -> None:
        self._server.close()
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)


class _Handler:
    """aiosmtpd finds these by their names. What they return is what the sender is told."""

    def __init__(self, mailbox: MailServer) -> None:
        self._mailbox = mailbox

    async def handle_RCPT(  # noqa: N802 - aiosmtpd gives the name and the arguments
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self._mailbox.mode in (Mode.REFUSE_RECIPIENT, Mode.TRY_LATER):
            return str(self._mailbox.mode.value)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd gives the name
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self._mailbox.mode is not Mode.DROP:
            self._mailbox.mails.append(_mail(envelope))
        if self._mailbox.mode in (Mode.DROP, Mode.DROP_AFTER):
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
        return "250 Kept"


def _mail(envelope: Envelope) -> Mail:
    assert isinstance(envelope.content, bytes)
    return Mail(
        sender=envelope.mail_from or "",
        recipients=tuple(envelope.rcpt_tos),
        message=message_from_bytes(envelope.content, policy=policy.default),
    )
