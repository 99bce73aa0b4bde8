"""A figure: what was measured, how often, and what it is held against."""

from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`values`: one for each run; the median counts. `ratio` was taken in the same run."""

    what: str
    values: tuple[float, ...]
    unit: str
    least: float | None = None
    most: float | None = None
    ratio: float | None = None
    ratio_of: str = ""
    ratio_least: float | None = None
    note: str = ""
    others: float = 0.0  # share of the machine that others used meanwhile

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def met(self) -> bool | None:
        """None where nothing is asked for."""
        asked = []
        if self.least is not None:
            asked.append(self.median >= self.least)
        if self.most is not None:
            asked.append(self.median <= self.most)
        if self.ratio_least is not None and self.ratio is not None:
            asked.append(self.ratio >= self.ratio_least)
        return all(asked) if asked else None

    def measured(self) -> str:
        text = f"{number(self.median)} {self.unit}".strip()
        if len(self.values) > 1:
            text += f" ({number(min(self.values))} to {number(max(self.values))})"
        return text

    def asked(self) -> str:
        words = []
        if self.least is not None:
            words.append(f"at least {number(self.least)} {self.unit}")
        if self.most is not None:
            words.append(f"at most {number(self.most)} {self.unit}")
        if self.ratio_least is not None:
            words.append(f"ratio at least {self.ratio_least:g}")
        return ", ".join(words)

    def compared(self) -> str:
        return "" if self.ratio is None else f"{self.ratio:.2f}x {self.ratio_of}".strip()


def number(value: float) -> str:
    """As many digits as mean something."""
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
