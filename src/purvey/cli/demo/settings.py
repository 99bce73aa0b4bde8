"""What the demo's shop is set to: days pass in tenths of seconds, nothing leaves the machine."""

import os
from collections.abc import Mapping
from pathlib import Path

from purvey.config import PREFIX, Settings, read_settings

SETTINGS = {
    "shop_name": "The demo shop",
    "log_level": "warning",
    "worker_poll_seconds": 0.05,
    "retry_seconds": 0.3,
    "close_after_days": 0,
    "message_wait_seconds": 0,
    "carrier": "sandbox_carrier",
    "sandbox_warehouse": 1,
    "sandbox_webhooks": 1,
    "sandbox_transit_seconds": 0.2,
    "sandbox_delivery_seconds": 0.6,
    "sandbox_slow_seconds": 0.3,
    "track_seconds": 0.25,
}

# When every order has come to an end and the shop stays open, people do the work in it: they pick
# and pack, a parcel is on its way for 15 seconds, and what has arrived may come back for days.
STAYING_OPEN = {
    "sandbox_warehouse": 0,
    "sandbox_webhooks": 0,
    "sandbox_transit_seconds": 5,
    "sandbox_delivery_seconds": 15,
    "track_seconds": 2,
    "close_after_days": 14,
}


def environment_of(database_url: str, folder: Path) -> Mapping[str, str]:
    """For the server's process: nothing of what the shop next door is set to, and all of this."""
    # Beside an SQLite file the gateway's books stay with it, where the doctor looks.
    books = "" if database_url.startswith("sqlite") else folder / "sandbox.db"
    ours = {**SETTINGS, "database_url": database_url, "sandbox_path": books}
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**others, **_named(ours)}


def staying_open(environment: Mapping[str, str]) -> Mapping[str, str]:
    return {**environment, **_named(STAYING_OPEN)}


def _named(settings: Mapping[str, object]) -> dict[str, str]:
    return {PREFIX + name.upper(): str(value) for name, value in settings.items()}


def settings_of(environment: Mapping[str, str], folder: Path) -> Settings:
    return read_settings(environment, file=folder / "purvey.toml")
