"""For a shop without a mail server: the message in our own database is all there is to see."""

from pydantic import BaseModel, ConfigDict

from purvey.adapters.adapter import Adapter
from purvey.ports.notifier import Bounced, Notice, Sent


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class LogNotifier:
    """A `Notifier` that takes everything and tells nobody."""

    def __init__(self, settings: Settings):
        self._settings = settings

    def send(self, notices: list[Notice]) -> list[Sent | Bounced | Exception]:
        return [Sent() for _ in notices]

    def ping(self) -> str:
        return "Mails are kept in the database and go nowhere: no mail server is set."


ADAPTER = Adapter(
    name="log",
    port="notifier",
    settings=Settings,
    can=frozenset(),
    build=LogNotifier,
    ping=LogNotifier.ping,
)
