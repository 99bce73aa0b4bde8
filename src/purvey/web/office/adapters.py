"""Settings > Adapters: who speaks to the outside for us, how they are set, and whether they live.

A ping calls the adapter in a thread of its own, with no transaction open, and is waited for
PATIENCE seconds. One that never comes back keeps its thread, so that adapter is not asked again
until it does.
"""

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as TooSlow
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from purvey import adapters
from purvey.ports.trouble import Trouble
from purvey.queries.pings import Ping, last_pings
from purvey.storage import tables
from purvey.storage.database import assert_no_transaction
from purvey.storage.times import to_us
from purvey.web.office.door import Visitor, deed, page
from purvey.web.office.html import back, render
from purvey.web.office.setting_words import adapter_settings, masked

PLACE, RIGHT = "/settings/adapters", "settings:write"
PATIENCE = 10.0  # seconds
MAX_SENTENCE = 500
PORTS = {"payment": "Payments", "carrier": "Parcels", "notifier": "Messages to customers"}
NO_ANSWER = f"No answer within {PATIENCE:.0f} seconds."
_asking = set[str]()
_lock = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`settings`: name and value of what is set; `fields`: the names of all that may be."""

    name: str
    port: str
    can: list[str]
    is_used: bool
    settings: list[tuple[str, str]]
    fields: list[str]
    webhooks: bool
    ping: Ping | None


@page(PLACE, right=RIGHT)
def show_adapters(request: Request, visitor: Visitor) -> Response:
    used = visitor.house.outside.in_use()
    with visitor.reading() as sql:
        pings = last_pings(sql)
    found = [_shown(visitor, name, used, pings) for name in adapters.names()]
    found.sort(key=lambda one: (not one.is_used, one.port, one.name))
    return render(visitor, "settings/adapters.html", place=PLACE, found=found, ports=PORTS)


def _shown(
    visitor: Visitor, name: str, used: Mapping[str, object], /, pings: Mapping[str, Ping]
) -> Shown:
    adapter = adapters.find(name)
    return Shown(
        name=name,
        port=adapter.port,
        can=sorted(adapter.can),
        is_used=name in used,
        settings=_settings(visitor, name),
        fields=sorted(adapter.settings.model_fields),
        webhooks=adapter.webhooks is not None,
        ping=pings.get(name),
    )


def _settings(visitor: Visitor, name: str) -> list[tuple[str, str]]:
    """Those of its own section, and the shop's settings that are about it."""
    settings = visitor.house.settings
    prefix = {"sandbox": "sandbox_", "sandbox_carrier": "sandbox_", "smtp": "smtp_"}.get(name)
    names = [x for x in type(settings).__dataclass_fields__ if prefix and x.startswith(prefix)]
    ours = [(x, masked(x, getattr(settings, x))) for x in names]
    return ours + adapter_settings(settings.adapters.get(name, {}))


@deed(PLACE + "/{name}/ping", right=RIGHT)
def ping(request: Request, visitor: Visitor, form: FormData) -> Response:
    name = request.path_params["name"]
    build = visitor.house.outside.in_use().get(name)
    if build is None:
        raise HTTPException(404, "No adapter of this name is in use.")
    is_well, sentence = _ask(name, build)
    now = to_us(visitor.house.clock())
    row = (name, int(is_well), sentence[:MAX_SENTENCE], visitor.actor, now)
    visitor.run(lambda tx: tx.sql.upsert(tables.adapter_ping, [row]))
    return back(PLACE, told=f"{name}: {sentence}" if is_well else "")


def _ask(name: str, build: Callable[[], Any]) -> tuple[bool, str]:
    """Is it well, and what it says."""
    assert_no_transaction()
    with _lock:
        if name in _asking:
            return False, "It still owes an answer to the ping before."
        _asking.add(name)
    thread = ThreadPoolExecutor(1, thread_name_prefix="ping")
    answer = thread.submit(lambda: str(adapters.find(name).ping(build())))
    answer.add_done_callback(lambda _: _asking.discard(name))
    thread.shutdown(wait=False)
    return _said(answer)


def _said(answer: Future[str]) -> tuple[bool, str]:
    try:
        return True, answer.result(timeout=PATIENCE)
    except TooSlow:
        return False, NO_ANSWER
    except (Trouble, OSError) as trouble:
        return False, str(trouble) or type(trouble).__name__
