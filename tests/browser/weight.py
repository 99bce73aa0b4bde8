"""What a page costs over the line: everything that comes with it, headers and all, as sent.

with weighed(page) as weight:
    page.goto("/")
assert weight.bytes < FIRST_BYTES
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

FIRST_BYTES, LATER_BYTES = 150_000, 30_000


@dataclass
class Weight:
    parts: dict[str, int] = field(default_factory=dict)

    @property
    def bytes(self) -> int:
        return sum(self.parts.values())

    def __str__(self) -> str:
        heavy = sorted(self.parts.items(), key=lambda part: -part[1])
        return f"{self.bytes} bytes: " + ", ".join(f"{url} {size}" for url, size in heavy[:8])


@contextmanager
def weighed(page: Page) -> Iterator[Weight]:
    """Until nothing more comes; what the browser has kept from before costs nothing."""
    weight, addresses = Weight(), dict[str, str]()
    network = page.context.new_cdp_session(page)

    def asked(event: dict[str, Any]) -> None:
        addresses[event["requestId"]] = event["request"]["url"]

    def came(event: dict[str, Any]) -> None:
        url = addresses.get(event["requestId"], "?")
        weight.parts[url] = weight.parts.get(url, 0) + int(event["encodedDataLength"])

    network.on("Network.requestWillBeSent", asked)
    network.on("Network.loadingFinished", came)
    network.send("Network.enable")
    yield weight
    page.wait_for_load_state("load")
    page.wait_for_timeout(300)  # what scripts ask for; a live page is never idle
    network.detach()
