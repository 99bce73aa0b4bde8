"""Changed copies of frozen, slotted dataclasses: `dataclasses.replace` at a quarter of its cost.

An order is copied a handful of times while it is received, with some forty fields each; `replace`
builds a dictionary and runs `__init__` over it, which was a third of the time of receiving.
"""

from functools import cache
from typing import Any, TypeVar

Thing = TypeVar("Thing")


def evolve(thing: Thing, **changes: Any) -> Thing:
    """A copy with some fields changed. Invariants in `__post_init__` are checked as always."""
    cls: Any = type(thing)
    readers, writers, check = _accessors(cls)
    new: Thing = object.__new__(cls)
    for read, write in readers:
        write(new, read(thing))
    for name, value in changes.items():
        writers[name](new, value)
    if check is not None:
        check(new)
    return new


@cache
def _accessors(cls: Any) -> tuple[Any, Any, Any]:
    """The slots' own getters and setters: they do not ask whether the class is frozen."""
    slots = {name: getattr(cls, name) for name in cls.__slots__}
    readers = tuple((slot.__get__, slot.__set__) for slot in slots.values())
    writers = {name: slot.__set__ for name, slot in slots.items()}
    return readers, writers, getattr(cls, "__post_init__", None)
