"""What the operations on stock counts need from a database."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from purvey.domain.counts import Count, CountLine


class Counts(Protocol):
    def find(self, ids: Collection[str]) -> Mapping[str, Count]:
        """Locked, in id order."""
        ...

    def add(self, counts: Sequence[Count]) -> None: ...
    def close(self, counts: Sequence[Count]) -> None:
        """State, by whom and when."""
        ...

    def skus_at(self, locations: Collection[str], limit: int) -> Mapping[str, Sequence[str]]:
        """The products that have a level at each location, also of 0."""
        ...

    def lines(self, keys: Collection[tuple[str, str]]) -> Mapping[tuple[str, str], CountLine]:
        """By (count, sku)."""
        ...

    def due(self, count_ids: Collection[str], limit: int) -> Sequence[CountLine]:
        """Counted, and not booked yet, by count and sku."""
        ...

    def undecided(
        self, skus: Collection[str], locations: Collection[str]
    ) -> Mapping[tuple[str, str], Count]:
        """By (sku, location), the open count in which it is counted and not booked yet."""
        ...

    def put_lines(self, lines: Sequence[CountLine]) -> None: ...
    def in_parcels(
        self, skus: Collection[str], locations: Collection[str]
    ) -> Mapping[tuple[str, str], int]:
        """By (sku, location), the units in parcels that are being picked or packed."""
        ...
