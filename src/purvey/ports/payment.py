"""Payment gateways. Every call is safe to repeat with the same `key`: it is the idempotency key.

Amounts are minor units of an ISO 4217 currency. Trouble is raised as `purvey.ports.trouble` says;
after `Unknown` the worker asks with `find` until it knows. A key that was used for another call, or
an unknown reference, raises `GiveUp`.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorised:
    reference: str  # the gateway's name for this payment
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Declined:
    reason: str  # a sentence that a customer may read
    reference: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedsCustomer:
    """The customer has to confirm with their bank; the outcome comes later as a webhook."""

    reference: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Money was captured, voided or refunded. `amount`: what this key moved, no running total."""

    reference: str  # of this movement
    amount: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotFound:
    """The gateway never heard of that key: nothing happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GatewayReport:
    """One thing that a webhook tells. `kind`: authorised, declined, captured, voided, refunded.

    `event_id` makes repeated deliveries recognisable; `key` is the idempotency key of the call that
    it is about, so that a webhook and an answer about the same movement count once.
    """

    event_id: str
    kind: str
    payment_id: str
    key: str
    reference: str
    amount: int
    reason: str | None = None


class PaymentGateway(Protocol):
    def authorise(
        self, *, key: str, payment_id: str, amount: int, currency: str, token: str
    ) -> Authorised | Declined | NeedsCustomer: ...

    def capture(self, *, key: str, reference: str, amount: int) -> Moved | Declined: ...

    def give_back(self, *, key: str, reference: str, amount: int) -> Moved | Declined:
        """Refund captured money. `void` lets go of money that is only held."""
        ...

    def void(self, *, key: str, reference: str) -> Moved | Declined: ...

    def find(self, *, key: str) -> Authorised | Declined | NeedsCustomer | Moved | NotFound:
        """What became of the call with that key."""
        ...
