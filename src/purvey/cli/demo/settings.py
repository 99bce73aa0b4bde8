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
    "carrier": "sandbox_carrier",
    "sandbox_warehouse": 1,
    "sandbox_webhooks": 1,
    "sandbox_transit_seconds": 0.2,
    "sandbox_delivery_seconds": 0.6,
    "sandbox_slow_seconds": 0.3,
    "track_seconds": 0.25,
}


def environment_of(database_url: str, folder: Path) -> Mapping[str, str]:
    """For the server's process: nothing of what the shop next door is set to, and all of this."""
    ours = {**SETTINGS, "database_url": database_url, "sandbox_path": folder / "sandbox.db"}
    others = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    return {**others, **{PREFIX + name.upper(): str(value) for name, value in ours.items()}}


def settings_of(environment: Mapping[str, str], folder: Path) -> Settings:
    return read_settings(environment, file=folder / "purvey.toml")
