"""Settings, read once: from PURVEY_... variables, then `purvey.toml` in the working folder.

Every setting has a default that a small shop can start with. A wrong one ends the start with its
name and what would be right. The reference in docs/reference/settings.md is made from this class.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

PREFIX = "PURVEY_"
SECRET = {"secret": True}


class BadSetting(ValueError):
    """A setting has a value that it cannot have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings. Times end in their unit; a `_url` is a URL; empty text means "not set"."""

    # Where the data is, and who the shop is.
    database_url: str = "sqlite:///purvey.db"
    shop_name: str = "My shop"
    currency: str = "GBP"
    language: str = "en"
    public_url: str = ""  # what customers see in their mails; empty: where the server listens

    # The server and its worker.
    host: str = "127.0.0.1"
    port: int = 8000
    batch_limit: int = 200  # orders that one commit takes at most
    writers: int = 1  # concurrent commits of one process; on SQLite there is one in any case
    requests_waiting_limit: int = 2000  # beyond it: 429
    worker_batch: int = 200
    worker_threads: int = 3  # sets of messages worked on at once; one on SQLite
    worker_poll_seconds: float = 0.5
    lease_seconds: int = 60
    max_attempts: int = 12
    retry_seconds: float = 5.0
    adapter_threads: int = 16
    log_level: str = "info"

    # What the shop decides (domain/policies.py says what each means).
    price_differs: str = "hold"
    short_stock: str = "backorder"
    amount_limit: str = "5000.00"  # in the shop's currency; empty: none
    quantity_limit: int = 10000
    hold_hours: int = 72
    hold_expiry: str = "release"
    bank_transfer_days: int = 7
    payment_retry_days: int = 3
    close_after_days: int = 14
    duplicate_minutes: int = 60

    # Adapters.
    carrier: str = "sandbox_carrier"
    sandbox_path: str = ""  # the sandbox gateway's own books; empty: beside the database
    sandbox_transit_seconds: float = 60.0
    sandbox_delivery_seconds: float = 180.0
    sandbox_slow_seconds: float = 2.0
    sandbox_webhook_secret: str = ""
    sandbox_webhooks: int = 0  # 1: the sandbox gateway also reports by webhook
    sandbox_warehouse: int = 0  # 1: shipments are picked, packed and handed over by themselves
    track_seconds: float = 60.0  # how often a carrier is asked
    smtp_host: str = ""  # empty: mails are kept in the database and go nowhere
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: str = "starttls"  # starttls, ssl, none
    mail_from: str = "shop@example.com"

    @property
    def web_address(self) -> str:
        """Where people and programs reach this shop, without a slash at the end."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    def __repr__(self) -> str:
        return f"Settings({self.database_url.split('@')[-1]!r}, ...)"  # never a password


def read_settings(
    environment: Mapping[str, str] | None = None,
    *,
    file: Path = Path("purvey.toml"),
    **given: Any,
) -> Settings:
    """`given` (the command line) wins over the environment, which wins over the file."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    if file.exists():
        values |= _from_file(file)
    types = get_type_hints(Settings)
    for field in fields(Settings):
        text = environment.get(PREFIX + field.name.upper())
        if text is not None:
            values[field.name] = text
    values |= {name: value for name, value in given.items() if value is not None}
    return Settings(**{name: _typed(name, types[name], value) for name, value in values.items()})


def _from_file(file: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{file}: {error}") from None
    unknown = sorted(values.keys() - {field.name for field in fields(Settings)})
    if unknown:
        raise BadSetting(f"{file}: there is no setting {', '.join(unknown)}.")
    return values


def _typed(name: str, kind: type, value: Any) -> Any:
    try:
        return kind(value)
    except (TypeError, ValueError):
        words = {int: "a whole number", float: "a number"}.get(kind, "text")
        raise BadSetting(f"{PREFIX}{name.upper()}: write {words}.") from None


def defaults() -> dict[str, Any]:
    """Each setting with its default, for the reference."""
    return {field.name: field.default for field in fields(Settings) if field.default is not MISSING}
