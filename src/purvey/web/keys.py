"""Who asks, and may they? `Authorization: Bearer pv_...`; a key is looked up once in a few seconds.

What is remembered is the hash's row, never the key's text in a log or an error. A key that is
revoked is refused REMEMBERED_SECONDS later at the latest.
"""

import time
from collections import OrderedDict

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from purvey.storage.api_keys import PREFIX, ApiKey, find_key
from purvey.web.problems import missing_scope, no_key
from purvey.wiring import DEFAULT_SHARD, House

REMEMBERED_SECONDS = 5.0
REMEMBERED_KEYS = 1_000
MAX_LENGTH = 200


class Keys:
    """The keys of one process. Used from the event loop only."""

    def __init__(self, house: House):
        self._house = house
        self._known: OrderedDict[str, tuple[float, ApiKey]] = OrderedDict()

    async def authorised(self, request: Request, scope: str) -> ApiKey:
        """Raises Problem: 401 without a good key, 403 without the scope."""
        secret = _secret(request)
        known = self._known.get(secret)
        if known is not None and known[0] > time.monotonic():
            key = known[1]
        else:
            key = await self._look_up(secret)
        if not key.may(scope):
            raise missing_scope(scope)
        return key

    async def _look_up(self, secret: str) -> ApiKey:
        key = await run_in_threadpool(self._find, secret)
        if key is None:
            self._known.pop(secret, None)
            raise no_key("This key is unknown or was revoked.")
        self._known[secret] = (time.monotonic() + REMEMBERED_SECONDS, key)
        while len(self._known) > REMEMBERED_KEYS:
            self._known.popitem(last=False)
        return key

    def _find(self, secret: str) -> ApiKey | None:
        with self._house.database.reading(DEFAULT_SHARD) as sql:
            return find_key(sql, secret)


def _secret(request: Request) -> str:
    scheme, _, secret = request.headers.get("authorization", "").partition(" ")
    if not scheme:
        raise no_key("Send your key as `Authorization: Bearer pv_...`.")
    if scheme.lower() != "bearer" or not _could_be(secret):
        raise no_key("This is no key; send it as `Authorization: Bearer pv_...`.")
    return secret


def _could_be(secret: str) -> bool:
    return secret.startswith(PREFIX) and len(secret) <= MAX_LENGTH
