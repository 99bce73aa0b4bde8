"""What a vendor's folder declares about itself, and what can be wrong with it before it works.

LookupError
└── UnknownAdapter   settings name an adapter that nobody installed
ValueError
├── BadSettings      the adapter's settings do not fit
└── BadWebhook       a webhook that its sender did not sign, or that cannot be read
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel, ValidationError

from purvey.ports.payment import GatewayReport

Port = Literal["payment", "carrier", "notifier"]

SettingsT = TypeVar("SettingsT", bound=BaseModel)
BuiltT = TypeVar("BuiltT")
ReaderT = TypeVar("ReaderT", contravariant=True)


class UnknownAdapter(LookupError):
    """No adapter has that name."""


class BadSettings(ValueError):
    """The adapter's settings do not fit."""


class BadWebhook(ValueError):
    """The webhook is not from whom it says, is too old, or cannot be read."""


class ReadWebhook(Protocol[ReaderT]):
    def __call__(
        self, built: ReaderT, /, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> list[GatewayReport]:
        """What the webhook reports; nothing when it is about something else. Raises BadWebhook."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapter(Generic[SettingsT, BuiltT]):
    """One vendor, as a value. `settings` is a pydantic model whose defaults work where they can.

    `can` names what this vendor offers beyond the port's bare minimum; the contract suites in
    `purvey.testing` say which names they know. `ping` asks the outside for a sign of life and
    returns one sentence for a person, or raises Trouble. `webhooks` is None where none are sent.
    """

    name: str
    port: Port
    settings: type[SettingsT]
    can: frozenset[str]
    build: Callable[[SettingsT], BuiltT]
    ping: Callable[[BuiltT], str]
    webhooks: ReadWebhook[BuiltT] | None = None

    def open(self, settings: Mapping[str, object]) -> BuiltT:
        """Build it from settings as they stand in a file. Raises BadSettings in one sentence."""
        try:
            return self.build(self.settings.model_validate(dict(settings)))
        except ValidationError as error:
            raise BadSettings(f"Settings of {self.name}: {_faults(error)}.") from None


def _faults(error: ValidationError) -> str:
    # The input is left out: it may be a password.
    faults = error.errors(include_input=False, include_url=False)
    return "; ".join(f"{'.'.join(map(str, x['loc'])) or 'all'}: {x['msg']}" for x in faults)
