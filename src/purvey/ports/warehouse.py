"""What the warehouse's operations need from a database besides orders and stock."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from purvey.domain.warehouse import Scan, Wave

Done = Mapping[tuple[str, int, str], int]  # (shipment, line, stage) -> units


class Warehouse(Protocol):
    def codes(self, skus: Collection[str]) -> Mapping[str, tuple[str, ...]]:
        """What stands on the goods: by sku, every code that means it."""
        ...

    def counted(self, ids: Collection[str]) -> set[str]:
        """Which of these scans are there already."""
        ...

    def done(self, shipment_ids: Collection[str]) -> Done:
        """Units that were scanned, for each line and stage."""
        ...

    def add_scans(self, scans: Sequence[Scan]) -> None: ...
    def to_pick(
        self, location: str, method: str | None, *, limit: int
    ) -> Sequence[tuple[str, str]]:
        """(shipment, order) that may be picked and are in no wave; oldest promise first."""
        ...

    def add_waves(self, waves: Sequence[Wave]) -> None: ...
    def join(self, wave_id: str, shipments: Sequence[tuple[str, str]]) -> int:
        """Returns how many joined: those that another wave has by now are left out."""
        ...

    def waves(self, ids: Collection[str]) -> Mapping[str, Wave]:
        """Locked."""
        ...

    def release(self, waves: Sequence[Wave]) -> None:
        """They are over; their shipments are free for another wave."""
        ...


class Picking(Protocol):
    """What a transaction offers for the work in the warehouse."""

    @property
    def warehouse(self) -> Warehouse: ...
