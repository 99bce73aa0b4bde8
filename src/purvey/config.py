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
    database_url: str = "sqlite:///purvey.db"  # or postgresql://USER:PASSWORD@HOST/NAME
    shop_name: str = "My shop"  # in mails and on pages
    currency: str = "GBP"  # ISO 4217; of files and rates that name none, and of amount_limit
    language: str = "en"  # not used yet: mails and pages are in English
    public_url: str = ""  # what customers see in their mails; empty: where the server listens

    # The server and its worker.
    host: str = "127.0.0.1"  # where the server listens; 0.0.0.0: everywhere
    port: int = 8000
    trusted_proxies: int = 0  # reverse proxies before the server that write X-Forwarded-For
    batch_limit: int = 200  # orders that one commit takes at most
    writers: int = 1  # concurrent commits of one process; on SQLite there is one in any case
    requests_waiting_limit: int = 2000  # beyond it: 429
    worker_batch: int = 200  # messages that a worker claims at once
    worker_threads: int = 3  # sets of messages worked on at once; one on SQLite
    worker_poll_seconds: float = 0.5  # how soon it looks again when nothing was due
    lease_seconds: int = 60  # after so long, others take over the work of one that died
    max_attempts: int = 12  # after so many, a message is given up: a person must look
    retry_seconds: float = 5.0  # to the second attempt; doubles each time, up to an hour
    adapter_threads: int = 16  # calls to the outside at the same time
    log_level: str = "info"  # debug, info, warning, error

    # What the shop decides (domain/policies.py says what each means).
    price_differs: str = "hold"  # a price that is not the catalogue's: take, hold, refuse
    short_stock: str = "backorder"  # or refuse; hold: above the limit a person decides
    amount_limit: str = "5000.00"  # a total above it is held for a person; empty: none
    refund_approval_above: str = ""  # refunds of one order above it need two people; empty: none
    price_override_above: str = ""  # typed prices so far below the catalogue's need two people
    quantity_limit: int = 10000  # units of one line; more are held for a person; 0: none
    hold_hours: int = 72  # how long an order that is held at receipt keeps its stock
    hold_expiry: str = "release"  # what then goes: release (its stock), cancel (the order)
    bank_transfer_days: int = 7  # without a transfer or cash for so long, it is cancelled
    payment_retry_days: int = 3  # without another way to pay, or the customer's yes, the same
    close_after_days: int = 14  # after delivery
    duplicate_minutes: int = 60  # an order like one that is younger than this is held

    # Adapters.
    carrier: str = "sandbox_carrier"  # the adapter's name
    sandbox_path: str = ""  # the sandbox gateway's own books; empty: beside the database
    sandbox_transit_seconds: float = 60.0  # after the hand-over the sandbox's parcel is on its way
    sandbox_delivery_seconds: float = 180.0  # ... and delivered
    sandbox_slow_seconds: float = 2.0  # how long a card with tok_slow takes
    sandbox_webhook_secret: str = ""  # signs its webhooks; empty: one that it makes and keeps
    sandbox_webhooks: int = 0  # 1: the sandbox gateway also reports by webhook
    sandbox_warehouse: int = 0  # 1: shipments are picked, packed and handed over by themselves
    track_seconds: float = 60.0  # how often a carrier is asked
    smtp_host: str = ""  # empty: mails are kept in the database and go nowhere
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password: str = ""
    smtp_security: str = "starttls"  # starttls, ssl, none
    mail_from: str = "shop@example.com"  # the sender of all mails

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
