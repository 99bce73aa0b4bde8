"""Who does what the ports ask for: one folder a vendor, each with one `Adapter` value.

Built-ins are the table below; others come by the entry point group "purvey.adapters". Nothing is
imported before it is asked for, so a vendor's heavy SDK costs only those who use it.
"""

from functools import cache
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any

from purvey.adapters.adapter import Adapter, BadSettings, BadWebhook, UnknownAdapter

__all__ = ["Adapter", "BadSettings", "BadWebhook", "UnknownAdapter", "find", "names"]

GROUP = "purvey.adapters"

BUILT_IN = {
    "sandbox": "purvey.adapters.sandbox_gateway:ADAPTER",
    "sandbox_carrier": "purvey.adapters.sandbox_carrier:ADAPTER",
    "smtp": "purvey.adapters.smtp:ADAPTER",
    "log": "purvey.adapters.log_notifier:ADAPTER",
    "apprise": "purvey.adapters.apprise:ADAPTER",
}


@cache
def find(name: str) -> Adapter[Any, Any]:
    """The adapter that settings call `name`. Raises UnknownAdapter, which lists the known names."""
    if name in BUILT_IN:
        module, _, attribute = BUILT_IN[name].partition(":")
        return _checked(name, getattr(import_module(module), attribute))
    for entry in entry_points(group=GROUP, name=name):
        return _checked(name, entry.load())
    raise UnknownAdapter(f'No adapter is called "{name}"; there are: {", ".join(names())}.')


def names() -> list[str]:
    """Every adapter that could be used. A built-in name cannot be taken over by a package."""
    return sorted({*BUILT_IN, *entry_points(group=GROUP).names})


def _checked(name: str, found: object) -> Adapter[Any, Any]:
    if not isinstance(found, Adapter):
        raise UnknownAdapter(f'What the name "{name}" leads to is not an Adapter.')
    return found
