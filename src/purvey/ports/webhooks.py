"""What the operations on webhooks need from a database."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from purvey.domain.webhooks import Attempt, Delivery, Endpoint


class Webhooks(Protocol):
    """Endpoints are locked before deliveries, both in id order."""

    def lock_all(self) -> Sequence[Endpoint]:
        """All that are not removed, so that none is added meanwhile."""
        ...

    def find(self, ids: Collection[str]) -> Mapping[str, Endpoint]:
        """Locked."""
        ...

    def feed_end(self) -> int:
        """The last position of the feed."""
        ...

    def add(self, endpoints: Sequence[Endpoint]) -> None: ...
    def save(self, endpoints: Sequence[Endpoint]) -> None:
        """All but what stays as it was made."""
        ...

    def remove(self, ids: Collection[str], now: datetime) -> None:
        """They and their secrets are gone at once; their log goes when it is old."""
        ...

    def add_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """One of an event that the endpoint has already is left as it is."""
        ...

    def deliveries(self, ids: Collection[str]) -> Mapping[str, Delivery]:
        """Locked."""
        ...

    def failed_since(self, endpoint_id: str, since: datetime, *, limit: int) -> Sequence[Delivery]:
        """Oldest first, locked."""
        ...

    def save_deliveries(self, deliveries: Sequence[Delivery]) -> None:
        """What became of them. They are free to be claimed again."""
        ...

    def add_attempts(self, attempts: Sequence[Attempt]) -> None: ...
    def bring_forward(self, endpoint_ids: Collection[str], now: datetime) -> None:
        """All that is open is due now."""
        ...

    def skip_open(self, endpoint_ids: Collection[str], now: datetime) -> None: ...
