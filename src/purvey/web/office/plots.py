"""Small plots that the server draws: SVG, no script, sharp on every screen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate

WIDTH, HEIGHT, HOURS = 320, 96, 24


@dataclass(frozen=True, slots=True)
class Plot:
    """Points of two lines in a box of `width` by `height`; `top` is the value of its upper edge."""

    now: str
    before: str
    top: int
    last: tuple[float, float]
    width: int = WIDTH
    height: int = HEIGHT


def two_days(today: Sequence[int], before: Sequence[int]) -> Plot:
    """Orders since midnight, hour by hour; both days end at the same time of day."""
    lines = [[0, *accumulate(hours)] for hours in (today, before)]
    top = max(1, *(line[-1] for line in lines))
    now, then = ([_point(hour, value, top) for hour, value in enumerate(line)] for line in lines)
    return Plot(_written(now), _written(then), top, now[-1])


def _point(hour: int, value: int, top: int) -> tuple[float, float]:
    return (min(hour, HOURS) * WIDTH / HOURS, HEIGHT - value * HEIGHT / top)


def _written(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


@dataclass(frozen=True, slots=True)
class DayPlot:
    """A line of one value a day; `top` is the value of its upper edge, the lower one is 0."""

    line: str
    area: str
    first: date
    least: int
    top: int
    width: int = 2 * WIDTH
    height: int = HEIGHT


def over_days(days: Sequence[tuple[date, int]]) -> DayPlot | None:
    """Steps, as stock is: it stays what it was until something moves it."""
    if len(days) < 2:
        return None
    width, values = 2 * WIDTH, [value for _, value in days]
    top = max(1, *values)
    step = width / len(days)
    points = [
        (x, HEIGHT - max(0, value) * HEIGHT / top)
        for at, value in enumerate(values)
        for x in (at * step, (at + 1) * step)
    ]
    line = _written(points)
    area = f"0,{HEIGHT} {line} {width},{HEIGHT}"
    return DayPlot(line, area, days[0][0], min(values), top)
