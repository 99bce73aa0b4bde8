"""The composition root: settings in, a working house out. Only here parts are put together."""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, TypeVar

from purvey import adapters, metrics
from purvey.config import Settings
from purvey.domain.draft import Draft
from purvey.domain.money import to_minor
from purvey.domain.policies import Policies
from purvey.kit.ids import prefixed_ids
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.receive import Received, receive
from purvey.ports.carrier import Carrier
from purvey.ports.notifier import Notifier
from purvey.ports.payment import PaymentGateway
from purvey.ports.trouble import GiveUp
from purvey.storage.database import Database
from purvey.storage.migrate import migrate
from purvey.storage.numbers import OrderNumbers
from purvey.storage.schema import open_shop
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
        self.database = Database(settings.database_url)
        self.numbers = OrderNumbers(self.database)
        self._young = YoungTables(self.database)

    def open(self) -> None:
        """Bring the database up to date and give it its shop."""
        migrate(self.database)
        s = self.settings
        self.database.run(
            DEFAULT_SHARD,
            lambda tx: open_shop(tx.sql, name=s.shop_name, currency=s.currency, now=self.clock()),
        )

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
            self._gateways[name] = self._open(name, "payment", sandbox_settings(self._settings))
        return self._gateways[name]

    @cached_property
    def carrier(self) -> Carrier:
        s = self._settings
        times = {
            "transit_seconds": s.sandbox_transit_seconds,
            "delivery_seconds": s.sandbox_delivery_seconds,
            "currency": s.currency,
        }
        carrier: Carrier = self._open(s.carrier, "carrier", times)
        return carrier

    @cached_property
    def notifier(self) -> Notifier:
        s = self._settings
        if not s.smtp_host:
            log: Notifier = self._open("log", "notifier", {})
            return log
        smtp: Notifier = self._open(
            "smtp",
            "notifier",
            {
                "host": s.smtp_host,
                "port": s.smtp_port,
                "user": s.smtp_user,
                "password": s.smtp_password,
                "security": s.smtp_security,
                "sender": f"{s.shop_name} <{s.mail_from}>",
            },
        )
        return smtp

    @property
    def sends_html(self) -> bool:
        return bool(self._settings.smtp_host)

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
        duplicate_minutes=s.duplicate_minutes,
    )


def _limit(settings: Settings, name: str) -> int | None:
    text = getattr(settings, name)
    if not text:
        return None
    try:
        return to_minor(text, settings.currency)
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
