"""Settings that a shop changed in its pages; what the file or the environment says stands above."""

from collections.abc import Collection, Mapping
from typing import Protocol


class ShopSettings(Protocol):
    def read(self) -> dict[str, str]:
        """All that were changed, by name, as they were written."""
        ...

    def lock(self) -> None:
        """Nobody else changes one until the transaction ends."""
        ...

    def put(self, values: Mapping[str, str]) -> None: ...
    def drop(self, names: Collection[str]) -> None: ...
