"""The composition root: settings in, a working house out. Only here parts are put together."""

import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cached_property, partial
from typing import Any, TypeVar

import structlog

from purvey import adapters, metrics
from purvey.config import Settings
from purvey.domain.draft import Draft
from purvey.kit.ids import prefixed_ids
from purvey.kit.process import Refusal
from purvey.kit.repeated import Repeated
from purvey.operations.act import Act
from purvey.operations.receive import Received, receive
from purvey.ports.carrier import Carrier
from purvey.ports.notifier import Notifier
from purvey.ports.payment import PaymentGateway
from purvey.ports.trouble import GiveUp
from purvey.setting_parts import (
    gateways_of,
    mail_settings,
    notifier_of,
    policies_of,
    quiet_hours_of,
    sandbox_settings,
    webhook_rules_of,
    with_fitting,
)
from purvey.storage.database import Database
from purvey.storage.migrate import migrate, require_head
from purvey.storage.numbers import OrderNumbers
from purvey.storage.schema import open_shop, require_currency
from purvey.storage.shop_settings import SqlShopSettings
from purvey.storage.statistics import YoungTables
from purvey.storage.transaction import SqlTransaction

DEFAULT_SHARD = 1
REFRESH_SECONDS = 3.0
log = structlog.get_logger()
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
        self.clock, self._given = clock, settings
        self._changes: Mapping[str, str] = {}
        self._refreshing = threading.Lock()
        self._follow(settings)
        self.outside = Outside(settings)
        self.webhook_rules = webhook_rules_of(settings)
        self.database = Database(settings.database_url)
        self.numbers = OrderNumbers(self.database)
        self._young = YoungTables(self.database)
        self._fresh = Repeated(
            self.refresh,
            every=REFRESH_SECONDS,
            name="settings",
            trouble=lambda error: log.warning("settings_not_read", error=type(error).__name__),
        )

    def _follow(self, settings: Settings) -> None:
        self.settings, self.policies = settings, policies_of(settings)
        self.quiet_hours = quiet_hours_of(settings)

    def refresh(self) -> None:
        """Follow what was changed in the pages of any process."""
        with self._refreshing:
            with self.database.reading(DEFAULT_SHARD) as sql:
                changes = SqlShopSettings(sql).read()
            if changes == self._changes:
                return
            self._changes, name = changes, self.settings.shop_name
            settings, wrong = with_fitting(self._given, changes)
            if wrong:  # a newer purvey wrote them, or the currency is another one now
                log.error("changed_settings_left_out", reasons=wrong)
            self._follow(settings)
            if settings.shop_name != name:
                self.outside.send_as(settings)

    def keep_fresh(self) -> None:
        """From now on refresh every few seconds, until it is closed."""
        self._fresh.start()

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
        self.refresh()

    def look(self) -> None:
        """Open it as it is, for whoever only reads. Raises OlderDatabase as well."""
        with self.database.reading(DEFAULT_SHARD) as sql:
            require_head(sql.connection)
            require_currency(sql, self.settings.currency)
        self.refresh()

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

    def close(self) -> None:
        self._fresh.close()
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

    def send_as(self, settings: Settings) -> None:
        """Mails come from the shop's name, which has changed."""
        self._settings = settings
        self.__dict__.pop("notifier", None)

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
