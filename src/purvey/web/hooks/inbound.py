"""`POST /hooks/{adapter}`: verify, store as it came, answer; the worker does the rest.

1. The adapter checks the signature and reads the event's id. What is not signed leaves no trace.
2. The raw message and the promise to process it are stored in one transaction, once for each id.
3. 202: the sender need not tell us again. What fails later can be run again from what is stored.
"""

import json

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from purvey import adapters
from purvey.ports.storage import Message
from purvey.ports.trouble import Trouble
from purvey.storage import tables
from purvey.storage.inbox import inbox_key
from purvey.storage.times import to_us
from purvey.storage.transaction import SqlTransaction
from purvey.web.problems import Problem, not_found
from purvey.wiring import DEFAULT_SHARD, House

EFFECT = "inbox.process"
NEVER_STORED = frozenset({"authorization", "cookie", "proxy-authorization"})
log = structlog.get_logger()


async def take_webhook(request: Request) -> Response:
    """Raises Problem."""
    adapter, headers = request.path_params["adapter"], dict(request.headers)
    body = await request.body()
    await run_in_threadpool(
        store_webhook, request.app.state.house, adapter, headers=headers, body=body
    )
    return Response(status_code=202)


def store_webhook(house: House, source: str, *, headers: dict[str, str], body: bytes) -> None:
    """Raises Problem."""
    event_id = _verified(house, source, headers=headers, body=body)
    if event_id is None:
        return
    kept = {name: value for name, value in headers.items() if name not in NEVER_STORED}
    at = house.clock()
    row = (source, event_id, json.dumps(kept), body.decode(), to_us(at), None, None)
    message = Message(
        key=inbox_key(source, event_id),
        effect=EFFECT,
        payload=json.dumps({"source": source, "event_id": event_id}),
        due_at=at,
    )

    def store(tx: SqlTransaction) -> None:
        if tx.sql.insert_new(tables.inbox, [row]):
            tx.messages.add([message])

    house.database.run(DEFAULT_SHARD, store)


def _verified(house: House, source: str, *, headers: dict[str, str], body: bytes) -> str | None:
    """The event's id; None for one that is about nothing that we follow. Raises Problem."""
    try:
        adapter = adapters.find(source)
        if adapter.webhooks is None:
            raise not_found("webhook")
        body.decode()
        reports = adapter.webhooks(
            house.outside.gateway(source), headers=headers, body=body, now=house.clock()
        )
    except (adapters.UnknownAdapter, Trouble):
        raise not_found("webhook") from None
    except UnicodeDecodeError:
        raise Problem(400, "bad_webhook", "The body is not UTF-8.") from None
    except adapters.BadWebhook as error:
        log.warning("webhook refused", source=source, why=str(error))
        raise Problem(400, "bad_webhook", str(error)) from None
    return reports[0].event_id if reports else None
