"""Settings, read once: from PURVEY_... variables, then `purvey.toml` in the working folder.

Every setting has a default that a small shop can start with. A wrong one ends the start with its
name and what would be right; so does one that does not exist, since a typing error in a name would
silently leave the default. The reference in docs/reference/settings.md is made from this class.

An adapter's own settings stand in a section of the file, or in variables with two underlines:

    [adapters.stripe]                 PURVEY_ADAPTERS__STRIPE__API_KEY=sk_...
    api_key = "sk_..."
"""

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_type_hints

PREFIX = "PURVEY_"
OF_ADAPTERS = "PURVEY_ADAPTERS__"
OF_TESTS = "PURVEY_TEST_"  # the test suite's own
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
    language: str = "en"  # en, de, fr, es: for customers of whom we know nothing else
    time_zone: str = "UTC"  # of the shop: "Europe/Berlin"
    public_url: str = ""  # what customers see in their mails; empty: where the server listens

    # The server and its worker.
    host: str = "127.0.0.1"  # where the server listens; 0.0.0.0: everywhere
    port: int = 8000
    trusted_proxies: int = 0  # reverse proxies before the server that write X-Forwarded-For
    batch_limit: int = 200  # orders that one commit takes at most
    writers: int = 1  # concurrent commits of one process; on SQLite there is one in any case
    requests_waiting_limit: int = 2000  # beyond it: 429
    worker_batch: int = 400  # messages that a worker claims at once
    worker_threads: int = 3  # sets of messages worked on at once; one on SQLite
    worker_poll_seconds: float = 0.5  # how soon it looks again when nothing was due
    lease_seconds: int = 60  # after so long, others take over the work of one that died
    worker_metrics_port: int = 0  # of 127.0.0.1, where the worker tells its figures; 0: nowhere
    max_attempts: int = 12  # after so many, a message is given up: a person must look
    retry_seconds: float = 5.0  # to the second attempt; doubles each time, up to an hour
    adapter_threads: int = 16  # calls to the outside at the same time
    inbox_days: int = 30  # a webhook that came in is kept for so long after it was read
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
    return_days: int = 30  # after delivery; the EU's right of withdrawal is 14 (2011/83/EU art. 9)
    return_send_days: int = 14  # from approval to the parcel; then the return expires
    return_shipping: str = "whole_order"  # is refunded when all of an order came back; or never
    return_instructions: str = ""  # to customers: the address that goods are sent back to
    duplicate_minutes: int = 60  # an order like one that is younger than this is held

    # Messages to customers.
    message_wait_seconds: int = 120  # news within this time are one message; 0: none waits
    quiet_hours: str = ""  # "22-7" in its time zone: only urgent messages go out; empty: none

    # Adapters.
    gateways: str = "sandbox"  # payment gateways, with commas; the sandbox moves no money
    carrier: str = "sandbox_carrier"  # the adapter's name
    notifier: str = ""  # the adapter that tells customers; empty: by mail, see smtp_host
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

    # Webhooks to others.
    webhook_networks: str = ""  # private networks they may go to: "10.1.0.0/16, ::1"; empty: none
    webhook_plain_http: int = 0  # 1: also to http:// addresses

    adapters: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # by name: see above
    given: frozenset[str] = field(default_factory=frozenset)  # those that were said; not defaults

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
    values: dict[str, Any] = _from_file(file) if file.exists() else {}
    of_adapters = values.pop("adapters", {})
    values |= _from_environment(environment)
    typed = {name: _typed(name, value, f"{PREFIX}{name.upper()}") for name, value in values.items()}
    for name, value in given.items():
        if value is not None:
            typed[name] = _typed(name, value, f"--{_OPTIONS.get(name, name)}")
    own = _adapters(of_adapters, environment)
    return Settings(**typed, adapters=own, given=frozenset(typed))


def _from_file(file: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{file}: {error}") from None
    for name in values:
        if name not in _NAMES:
            raise BadSetting(f"{file}: there is no setting {name}{_instead(name)}")
    return values


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for variable, text in environment.items():
        if not variable.startswith(PREFIX) or variable.startswith((OF_ADAPTERS, OF_TESTS)):
            continue
        name = variable.removeprefix(PREFIX).lower()
        if name not in _NAMES or name == "adapters":
            raise BadSetting(f"{variable}: there is no such setting{_instead(name, PREFIX)}")
        found[name] = text
    return found


def _instead(name: str, prefix: str = "") -> str:
    [*close] = get_close_matches(name, _NAMES, n=1)
    spelled = [f"{prefix}{word.upper() if prefix else word}" for word in close]
    return f"; do you mean {spelled[0]}?" if spelled else "."


def _adapters(sections: Any, environment: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """`sections` of the file, overruled by the environment."""
    if not isinstance(sections, dict) or not all(isinstance(x, dict) for x in sections.values()):
        raise BadSetting("adapters: write sections such as [adapters.stripe].")
    found: dict[str, dict[str, Any]] = {name: dict(own) for name, own in sections.items()}
    for name, key, text in _of_adapters(environment):
        found.setdefault(name, {})[key] = text
    return found


def _of_adapters(environment: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for variable, text in environment.items():
        if variable.startswith(OF_ADAPTERS):
            name, _, key = variable.removeprefix(OF_ADAPTERS).lower().partition("__")
            if not name or not key:
                raise BadSetting(f"{variable}: write {OF_ADAPTERS}NAME__SETTING.")
            yield name, key, text


def _typed(name: str, value: Any, label: str) -> Any:
    """`label`: what whoever gave the value calls the setting."""
    kind = _KINDS[name]
    try:
        typed = kind(value)
    except (TypeError, ValueError):
        words = {int: "a whole number", float: "a number"}.get(kind, "text")
        raise BadSetting(f"{label}: write {words}.") from None
    if kind in (int, float):
        least, most = _BOUNDS.get(name, (0, 1_000_000))
        if not least <= typed <= most:
            raise BadSetting(f"{label}: write a number from {least:,} to {most:,}, not {typed:,}.")
    if name in _WORDS and typed not in _WORDS[name]:
        raise BadSetting(f"{label}: write one of {', '.join(_WORDS[name])}.")
    return typed


_KINDS = get_type_hints(Settings)
_OPTIONS = {"worker_metrics_port": "metrics-port"}  # not called as the setting is
_NAMES = tuple(field.name for field in fields(Settings) if field.name != "given")
_BOUNDS: Mapping[str, tuple[float, float]] = {
    "smtp_port": (1, 65_535),
    "port": (0, 65_535),
    "worker_metrics_port": (0, 65_535),
    "trusted_proxies": (0, 10),
    "batch_limit": (1, 1_000),
    "writers": (1, 16),
    "requests_waiting_limit": (1, 100_000),
    "worker_batch": (1, 5_000),
    "worker_threads": (1, 16),
    "worker_poll_seconds": (0.001, 60),
    "lease_seconds": (1, 3_600),
    "max_attempts": (1, 1_000),
    "retry_seconds": (0, 3_600),
    "adapter_threads": (1, 256),
    "inbox_days": (1, 3_650),
    "hold_hours": (0, 8_760),
    "bank_transfer_days": (0, 365),
    "payment_retry_days": (0, 365),
    "close_after_days": (0, 3_650),
    "return_days": (0, 3_650),
    "return_send_days": (0, 365),
    "duplicate_minutes": (0, 10_080),
    "sandbox_webhooks": (0, 1),
    "sandbox_warehouse": (0, 1),
    "webhook_plain_http": (0, 1),
}
_WORDS: Mapping[str, tuple[str, ...]] = {
    "language": ("en", "de", "fr", "es"),
    "log_level": ("debug", "info", "warning", "error"),
    "price_differs": ("take", "hold", "refuse"),
    "short_stock": ("backorder", "refuse", "hold"),
    "hold_expiry": ("release", "cancel"),
    "return_shipping": ("whole_order", "never"),
    "smtp_security": ("starttls", "ssl", "none"),
}


def typed_setting(name: str, text: str) -> Any:
    """The value that a text stands for. Raises BadSetting, with the setting's name."""
    return _typed(name, text, name)


def words_of_setting(name: str) -> tuple[str, ...]:
    """Those that it can be; none: it is free."""
    return _WORDS.get(name, ())


def defaults() -> dict[str, Any]:
    """Each setting with its default, for the reference."""
    return {field.name: field.default for field in fields(Settings) if field.default is not MISSING}
