"""Mails to customers through any mail server."""

from purvey.adapters.adapter import Adapter
from purvey.adapters.smtp.notifier import SmtpNotifier
from purvey.adapters.smtp.settings import Settings

ADAPTER = Adapter(
    name="smtp",
    port="notifier",
    settings=Settings,
    can=frozenset({"email"}),
    build=SmtpNotifier,
    ping=SmtpNotifier.ping,
)
