"""What approvals need from a database."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from purvey.domain.approvals import Approval


class Approvals(Protocol):
    def orders_of(self, ids: Collection[str]) -> Mapping[str, str]:
        """The order of each approval, without a lock: orders are locked before approvals."""
        ...

    def find(self, ids: Collection[str]) -> Mapping[str, Approval]:
        """Locked, in id order."""
        ...

    def open_for(self, order_ids: Collection[str]) -> Sequence[Approval]:
        """Those that wait for a decision, the too old ones among them."""
        ...

    def add(self, approvals: Sequence[Approval]) -> None: ...
    def decide(self, approvals: Sequence[Approval]) -> None:
        """Write state, decider, time and note."""
        ...

    def refunds_under_way(self, order_ids: Collection[str]) -> Mapping[str, int]:
        """What gateways were asked to give back and have not answered yet, by order."""
        ...
