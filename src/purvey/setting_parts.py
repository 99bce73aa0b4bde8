"""What settings mean to the parts of the house: policies, rules, an adapter's own settings.

What a shop changed in its pages (operations/change_settings.py) counts where nothing else is given.
"""

from collections.abc import Mapping, Sequence

from purvey import adapters
from purvey.config import Settings, typed_setting
from purvey.domain.money import to_minor
from purvey.domain.policies import Policies
from purvey.domain.quiet import QuietHours
from purvey.domain.webhook_urls import UrlRules
from purvey.kit.frozen import evolve
from purvey.operations.change_settings import CHANGEABLE


def with_changes(settings: Settings, changes: Mapping[str, str]) -> Settings:
    """The settings with what was changed in the pages. What the command line, the environment or
    the file gives stands above it. Raises ValueError for a value that cannot be."""
    free = {name: text for name, text in changes.items() if may_change(settings, name)}
    changed = evolve(settings, **{name: typed_setting(name, text) for name, text in free.items()})
    policies_of(changed)
    quiet_hours_of(changed)
    return changed


def with_fitting(settings: Settings, changes: Mapping[str, str]) -> tuple[Settings, Sequence[str]]:
    """As `with_changes`, without those that cannot be; and what is wrong with them."""
    wrong = []
    for name, text in changes.items():
        try:
            settings = with_changes(settings, {name: text})
        except ValueError as error:
            wrong.append(str(error))
    return settings, wrong


def may_change(settings: Settings, name: str) -> bool:
    return name in CHANGEABLE and name not in settings.given


def quiet_hours_of(settings: Settings) -> QuietHours:
    return QuietHours.parse(settings.quiet_hours, settings.time_zone)


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
