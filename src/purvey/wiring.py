"""The composition root: settings in, a working house out. Only here parts are put together."""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property, partial
from typing import Any, TypeVar

from purvey import adapters, metrics
from purvey.config import Settings
from purvey.domain.draft import Draft
from purvey.domain.money import to_minor
from purvey.domain.policies import Policies
from purvey.domain.quiet import QuietHours
from purvey.domain.webhook_urls import UrlRules
from purvey.kit.ids import prefixed_ids
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.receive import Received, receive
from purvey.ports.carrier import Carrier
from purvey.ports.notifier import Notifier
from purvey.ports.payment import PaymentGateway
from purvey.ports.trouble import GiveUp
from purvey.storage.database import Database
from purvey.storage.migrate import migrate, require_head
from purvey.storage.numbers import OrderNumbers
from purvey.storage.schema import open_shop, require_currency
from purvey.storage.statistics import YoungTables
from purvey.storage.transaction import SqlTransaction

DEFAULT_SHARD = 1
Item = TypeVar("Item")
Answer = TypeVar("Answer")


class _Dice(threading.local):
    """The system's randomness (tokens must not be guessed), fetched by the page: a third of the
    price of asking for each id."""

    page, at = b"", 0

    def bits(self, count: int) -> int:
        size = -(-count // 8)
        if self.at + size > len(self.page):
            self.page, self.at = os.urandom(4096), 0
        self.at += size
        return int.from_bytes(self.page[self.at - size : self.at])


new_id = prefixed_ids(lambda: time.time_ns() // 1_000_000, _Dice().bits)


def now() -> datetime:
    return datetime.now(UTC)


class House:
    """Everything that a server, a worker or a command needs, built from the settings."""

    def __init__(self, settings: Settings, *, clock: Callable[[], datetime] = now):
        self.settings, self.clock = settings, clock
        self.policies = policies_of(settings)
        self.quiet_hours = QuietHours.parse(settings.quiet_hours, settings.time_zone)
        self.webhook_rules = webhook_rules_of(settings)
        self.database = Database(settings.database_url)
        self.numbers = OrderNumbers(self.database)
        self._young = YoungTables(self.database)

    def open(self) -> None:
        """Bring the database up to date and give it its shop.

        Raises NewerDatabase or OtherCurrency.
        """
        migrate(self.database)
        s = self.settings
        self.database.run(
            DEFAULT_SHARD,
            lambda tx: open_shop(tx.sql, name=s.shop_name, currency=s.currency, now=self.clock()),
        )
        with self.database.reading(DEFAULT_SHARD) as sql:
            require_currency(sql, s.currency)

    def look(self) -> None:
        """Open it as it is, for whoever only reads. Raises OlderDatabase as well."""
        with self.database.reading(DEFAULT_SHARD) as sql:
            require_head(sql.connection)
            require_currency(sql, self.settings.currency)

    def today(self) -> date:
        """The day that it is where the shop is."""
        return self.clock().astimezone(self.quiet_hours.zone).date()

    def act(self, actor: str) -> Act:
        return Act(actor=actor, now=self.clock(), new_id=new_id, policies=self.policies)

    def receive(
        self, drafts: Sequence[Draft], *, actor: str, shard: int = DEFAULT_SHARD
    ) -> list[Received | Refusal]:
        """Receive many orders in one commit."""
        act, numbers = self.act(actor), self.numbers.reserve(shard, len(drafts))
        used = 0

        def work(tx: SqlTransaction) -> list[Received | Refusal]:
            nonlocal used
            ahead = iter(numbers)
            answers = receive(tx, drafts, act=act, numbers=ahead)
            used = len(numbers) - len(list(ahead))
            return answers

        with metrics.commit_seconds.time():
            answers = self.database.run(shard, work)
        self._young.received(len(drafts))
        self.numbers.give_back(shard, iter(numbers[used:]))
        metrics.batch_size.observe(len(drafts))
        return answers

    def do(
        self,
        operation: Callable[..., list[Answer]],
        items: Sequence[Any],
        *,
        actor: str,
        shard: int = DEFAULT_SHARD,
        **options: Any,
    ) -> list[Answer]:
        """Run a plural operation in a transaction of its own."""
        act = self.act(actor)
        return self.database.run(shard, lambda tx: operation(tx, items, act=act, **options))

    @cached_property
    def outside(self) -> "Outside":
        return Outside(self.settings)

    def close(self) -> None:
        self.numbers.close()
        self._young.close()
        self.database.close()


class Outside:
    """The adapters that the settings name. Each is imported and built on first use."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._gateways: dict[str, PaymentGateway] = {}

    def gateway(self, name: str) -> PaymentGateway:
        """Raises GiveUp for a gateway that nobody set up: a person must look."""
        if name not in self._gateways:
            if name not in gateways_of(self._settings):
                raise GiveUp(f'The setting `gateways` does not name "{name}".')
            self._gateways[name] = self._open(name, "payment", self._settings_of(name))
        return self._gateways[name]

    @cached_property
    def carrier(self) -> Carrier:
        s = self._settings
        times = {
            "transit_seconds": s.sandbox_transit_seconds,
            "delivery_seconds": s.sandbox_delivery_seconds,
            "currency": s.currency,
        }
        own = s.adapters.get(s.carrier, {})
        given = {**times, **own} if s.carrier == "sandbox_carrier" else own
        carrier: Carrier = self._open(s.carrier, "carrier", given)
        return carrier

    @cached_property
    def notifier(self) -> Notifier:
        name = notifier_of(self._settings)
        own = self._settings.adapters.get(name, {})
        given = mail_settings(self._settings) if name == "smtp" else own
        notifier: Notifier = self._open(name, "notifier", given)
        return notifier

    @property
    def sends_html(self) -> bool:
        return notifier_of(self._settings) == "smtp"

    @property
    def needs_address(self) -> bool:
        """Is nobody told who has no e-mail address?"""
        return notifier_of(self._settings) in ("smtp", "log")

    def in_use(self) -> Mapping[str, Callable[[], Any]]:
        """Adapters by name, each with what builds it (and may raise GiveUp)."""
        s = self._settings
        gateways = {name: partial(self.gateway, name) for name in sorted(gateways_of(s))}
        notifier = notifier_of(s)
        return {**gateways, s.carrier: lambda: self.carrier, notifier: lambda: self.notifier}

    def _settings_of(self, name: str) -> Mapping[str, object]:
        own = self._settings.adapters.get(name, {})
        return {**sandbox_settings(self._settings), **own} if name == "sandbox" else own

    def _open(self, name: str, port: str, settings: Mapping[str, object]) -> Any:
        try:
            adapter = adapters.find(name)
        except adapters.UnknownAdapter as error:
            raise GiveUp(str(error)) from None
        if adapter.port != port:
            raise GiveUp(f'"{name}" is no {port} adapter.')
        try:
            return adapter.open(settings)
        except adapters.BadSettings as error:
            raise GiveUp(str(error)) from None


def sandbox_settings(settings: Settings) -> dict[str, object]:
    """The sandbox keeps its books beside the database, as an outside system would keep its own."""
    path = settings.sandbox_path
    if not path:
        database = file_of(settings.database_url)
        path = f"{database}-sandbox" if database else "purvey-sandbox.db"
    return {
        "path": path,
        "slow_seconds": settings.sandbox_slow_seconds,
        "webhooks": bool(settings.sandbox_webhooks),
        "webhook_secret": settings.sandbox_webhook_secret,
        "confirm_url": f"{settings.web_address}/sandbox/confirm/{{reference}}",
    }


def notifier_of(settings: Settings) -> str:
    return settings.notifier or ("smtp" if settings.smtp_host else "log")


def mail_settings(settings: Settings) -> dict[str, object]:
    s = settings
    return {
        "host": s.smtp_host,
        "port": s.smtp_port,
        "user": s.smtp_user,
        "password": s.smtp_password,
        "security": s.smtp_security,
        "sender": f"{s.shop_name} <{s.mail_from}>",
    }


def file_of(url: str) -> str:
    """The file of an SQLite URL; empty for a server's."""
    return url.removeprefix("sqlite:///") if url.startswith("sqlite:///") else ""


def policies_of(settings: Settings) -> Policies:
    s = settings
    return Policies(
        price_differs=s.price_differs,  # type: ignore[arg-type]  # Policies checks the word
        short_stock=s.short_stock,  # type: ignore[arg-type]
        amount_limit=_limit(s, "amount_limit"),
        refund_approval_above=_limit(s, "refund_approval_above"),
        price_override_above=_limit(s, "price_override_above"),
        quantity_limit=s.quantity_limit or None,
        hold_hours=s.hold_hours,
        hold_expiry=s.hold_expiry,  # type: ignore[arg-type]
        bank_transfer_days=s.bank_transfer_days,
        payment_retry_days=s.payment_retry_days,
        close_after_days=s.close_after_days,
        return_days=s.return_days,
        return_send_days=s.return_send_days,
        return_shipping=s.return_shipping,  # type: ignore[arg-type]
        return_instructions=s.return_instructions,
        duplicate_minutes=s.duplicate_minutes,
        gateways=gateways_of(s),
        message_wait_seconds=s.message_wait_seconds,
    )


def webhook_rules_of(settings: Settings) -> UrlRules:
    plain = bool(settings.webhook_plain_http)
    try:
        return UrlRules.parse(settings.webhook_networks, plain_http=plain)
    except ValueError as error:
        raise ValueError(
            f'webhook_networks: {error}. Write networks such as "10.1.0.0/16", with commas.'
        ) from None


def gateways_of(settings: Settings) -> frozenset[str]:
    """Raises ValueError for one that there is not."""
    wanted = frozenset(filter(None, (name.strip() for name in settings.gateways.split(","))))
    for name in sorted(wanted):
        try:
            port = adapters.find(name).port
        except adapters.UnknownAdapter as error:
            raise ValueError(f"gateways: {error}") from None
        if port != "payment":
            raise ValueError(f'gateways: "{name}" is no payment gateway.')
    return wanted


def _limit(settings: Settings, name: str) -> int | None:
    if not (text := getattr(settings, name)):
        return None
    try:
        return to_minor(text, settings.currency)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
