"""Short messages through the services that Apprise knows: SMS, chat, push. See README.md."""

from purvey.adapters.adapter import Adapter
from purvey.adapters.apprise.notifier import AppriseNotifier
from purvey.adapters.apprise.settings import Settings

ADAPTER = Adapter(
    name="apprise",
    port="notifier",
    settings=Settings,
    can=frozenset({"phone", "channel"}),
    build=AppriseNotifier,
    ping=AppriseNotifier.ping,
)
