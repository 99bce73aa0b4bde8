"""JSON as it comes in, read strictly: what two readers could understand differently is refused.

Python's own reader takes NaN, silently keeps the last of two equal keys, and turns 1e999 into
infinity. A quantity that is given twice is a mistake that only its sender can correct.
"""

import json
import math
from typing import Any

MAX_EXACT = 2**53  # beyond it a float no longer tells neighbouring whole numbers apart


class BadJson(ValueError):
    """The body is not JSON; the message says what is wrong and where."""


def read_json(body: bytes) -> Any:
    """The value that the body says. Raises BadJson."""
    try:
        return _decoder.decode(body.decode())
    except UnicodeDecodeError as error:
        raise BadJson(f"The body is not UTF-8 at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadJson(f"The body is not JSON: {error.msg} at {where}.") from None
    except RecursionError:
        raise BadJson("The body is nested too deeply.") from None
    except BadJson:
        raise
    except ValueError:  # Python's limit to the digits of a whole number
        raise BadJson("The body has a number with too many digits.") from None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BadJson(f'The key "{twice[:40]}" stands twice in one object.')
    return found


def _number(text: str) -> float | int:
    """6.0 and 6 are the same number in JSON."""
    number = float(text)
    if not math.isfinite(number):
        raise BadJson(f"The number {text[:20]} is out of range.")
    return int(number) if number.is_integer() and abs(number) < MAX_EXACT else number


def _no_constant(name: str) -> float:
    raise BadJson(f"The body is not JSON: {name} is no JSON value.")


_decoder = json.JSONDecoder(
    object_pairs_hook=_unique, parse_constant=_no_constant, parse_float=_number
)
