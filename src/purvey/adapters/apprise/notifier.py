"""Sends the short text of a notice to every URL of the settings, at most once.

Apprise says only whether it worked: what failed may have arrived all the same. So nothing is tried
again by itself: where one URL took it, it is sent; where none did, a person decides.
"""

import logging
from collections import OrderedDict
from typing import Any
from urllib.parse import quote

from purvey.adapters.apprise.settings import PHONE, Settings
from purvey.ports.notifier import Bounced, Notice, Sent
from purvey.ports.trouble import GiveUp

REMEMBERED = 10_000  # keys of what was sent, so that a lease that ran out tells nobody twice
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)  # it would log URLs, which are secret


class AppriseNotifier:
    """A `Notifier`. Several threads may send at once."""

    def __init__(self, settings: Settings):
        self._settings = settings
        self._sent: OrderedDict[str, None] = OrderedDict()

    def send(self, notices: list[Notice]) -> list[Sent | Bounced | Exception]:
        return [self._send(notice) for notice in notices]

    def ping(self) -> str:
        """Raises GiveUp for a URL that Apprise does not understand. Nothing is sent: whoever gets
        these messages should not get tests."""
        services = self._services(self._settings.each, phone="+440000000000")
        return f"Apprise understands all URLs ({services}). Nothing was sent to try them."

    def _send(self, notice: Notice) -> Sent | Bounced | Exception:
        if notice.key in self._sent:
            return Sent()
        phone = "".join(sign for sign in notice.phone if sign.isdigit() or sign == "+")
        urls = [url for url in self._settings.each if phone or PHONE not in url]
        if not urls:
            return Bounced(reason="The order has no phone number, and every URL needs one.")
        try:
            outcome = self._notify(urls, phone, notice)
        except GiveUp as trouble:
            return trouble
        if isinstance(outcome, Sent):
            self._remember(notice.key)
        return outcome

    def _notify(self, urls: list[str], phone: str, notice: Notice) -> Sent | GiveUp:
        outlet = self._outlet(urls, phone=phone)
        result = outlet.notify(
            body=short(notice, self._settings.max_length),
            body_format="text",
            timeout=self._settings.timeout_seconds,
        )
        if result.success_count:
            return Sent()
        kind = "answered in time" if result.timeout_count else "took it"
        return GiveUp(f"None of {len(urls)} services {kind}; it may have arrived all the same.")

    def _outlet(self, urls: list[str], *, phone: str) -> Any:
        try:
            import apprise  # an extra: half a second, for those who use it
        except ImportError:
            raise GiveUp("Apprise is not installed: pip install 'purvey[apprise]'.") from None
        outlet = apprise.Apprise()
        for url in urls:
            if not outlet.add(url.replace(PHONE, quote(phone))):
                scheme = url.partition("://")[0]
                raise GiveUp(f'Apprise does not understand a URL that begins with "{scheme}://".')
        return outlet

    def _services(self, urls: tuple[str, ...], *, phone: str) -> str:
        outlet = self._outlet(list(urls), phone=phone)
        return ", ".join(sorted({str(service.service_name) for service in outlet}))

    def _remember(self, key: str) -> None:
        self._sent[key] = None
        while len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)


def short(notice: Notice, most: int) -> str:
    """The subject and as much of the text as fits, without empty lines."""
    lines = [line.strip() for line in notice.text.splitlines() if line.strip()]
    text = "\n".join([" ".join(notice.subject.split()), *lines])
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
