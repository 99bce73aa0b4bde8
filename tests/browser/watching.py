"""What a page may never do, whatever a test is about; found while it is looked at.

A failing script, an error on the console (a breach of the Content-Security-Policy is one), a script
or style that is not there, an answer of 500, a dialog that nobody asked for.
"""

import re
from collections.abc import Iterable

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Response, WebError

# A refusal (409, 422) is a page like any other; Chromium counts it as an error.
_REFUSED = "Failed to load resource: the server responded with a status of 4"
_PARTS = {"stylesheet", "script", "image", "font"}


class Watch:
    """Over all pages of a context. `allow("net::ERR_")` when a test makes trouble on purpose."""

    def __init__(self, context: BrowserContext) -> None:
        self._faults: list[str] = []
        self._allowed: list[str] = []
        context.on("console", self._console)
        context.on("weberror", self._error)
        context.on("response", self._response)
        context.on("dialog", self._dialog)

    def allow(self, pattern: str) -> None:
        self._allowed.append(pattern)

    @property
    def faults(self) -> list[str]:
        return [fault for fault in self._faults if not _matches(fault, self._allowed)]

    def take(self) -> list[str]:
        """The faults until now; they count no more."""
        faults = self.faults
        self._faults.clear()
        return faults

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(_REFUSED):
            self._faults.append(f"on the console: {message.text} ({message.location['url']})")

    def _error(self, error: WebError) -> None:
        self._faults.append(f"a script failed: {error.error}")

    def _response(self, response: Response) -> None:
        missing = response.status >= 400 and response.request.resource_type in _PARTS
        if response.status >= 500 or missing:
            self._faults.append(f"{response.status} for {response.url}")

    def _dialog(self, dialog: Dialog) -> None:
        if dialog.type == "beforeunload":
            dialog.accept()
            return
        self._faults.append(f"a dialog: {dialog.message}")
        dialog.dismiss()


def _matches(fault: str, patterns: Iterable[str]) -> bool:
    return any(re.search(pattern, fault) for pattern in patterns)
