"""Telling the customer. Rendering is done before; a notifier only delivers."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """`key` is the same at every retry and becomes the Message-ID, so that doubles can be seen.

    What is `about` the same thing belongs together: mail programs show it as one conversation.
    """

    key: str
    to: str
    subject: str
    text: str
    html: str
    language: str = "en"
    about: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounced:
    reason: str


class Notifier(Protocol):
    def send(self, notices: list[Notice]) -> list[Sent | Bounced | Exception]:
        """Deliver many over one connection. Trouble with one (a `Trouble`) stands in its place."""
        ...
