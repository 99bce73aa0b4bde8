"""Who calls, and how a change is made once: keys and scopes, Idempotency-Key, If-Match.

A change with an Idempotency-Key runs like this, all in one transaction:

1. The key is entered. If it is there already, the kept answer goes out again, or a 409 when it was
   kept for something else. Of two at once the second waits here for the first.
2. The operation runs. A refusal is raised, which takes the key out again: nothing has changed, so
   there is nothing to repeat.
3. The answer is kept with the key.
"""

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Header, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes
from pydantic_core import to_json
from starlette.responses import Response

from purvey.domain.approvals import RIGHTS as APPROVING
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.batch import Batch
from purvey.operations.decide import version_refusal
from purvey.storage import tables
from purvey.storage.api_keys import ApiKey
from purvey.storage.sql import Sql
from purvey.storage.times import to_us
from purvey.storage.transaction import SqlTransaction
from purvey.web.problems import Problem, of_refusal
from purvey.wiring import DEFAULT_SHARD, House

Json = dict[str, Any]
MAX_KEY_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """A good answer. Its ETag is the version that it shows."""

    content: Json
    status: int = 200
    replayed: bool = False

    @property
    def response(self) -> Response:
        version = self.content.get("version", self.content.get("order_version"))
        headers = {} if version is None else {"ETag": f'"{version}"'}
        if self.replayed:
            headers["Idempotent-Replayed"] = "true"
        return Response(to_json(self.content), self.status, headers, "application/json")


Work = Callable[[SqlTransaction, Act], Reply]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A program with a good key."""

    house: House
    key: ApiKey

    def reading(self) -> AbstractContextManager[Sql]:
        return self.house.database.reading(DEFAULT_SHARD)

    @property
    def actor(self) -> str:
        return actor_of(self.key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Changer(Caller):
    """A caller that changes something: `once` is (key, fingerprint of the request)."""

    once: tuple[str, str] | None
    version: int | None

    @property
    def alone(self) -> frozenset[str]:
        """What the key may do for which a person would need a second one."""
        return frozenset(right for right in APPROVING.values() if self.key.may(right))

    def change(self, work: Work) -> Response:
        """Run `work` in a transaction, once. Raises Problem."""
        act = evolve(self.house.act(self.actor), alone=self.alone)
        reply = self.house.database.run(DEFAULT_SHARD, lambda tx: self._run(tx, act, work))
        return reply.response

    def _run(self, tx: SqlTransaction, act: Act, work: Work) -> Reply:
        if self.once is None:
            return work(tx, act)
        key, fingerprint = self.once
        if not tx.sql.insert_new(
            tables.idempotency, [(key, fingerprint, None, None, None, to_us(act.now))]
        ):
            return _kept(tx.sql, key, fingerprint)
        reply = work(tx, act)
        kept = (reply.status, to_json(reply.content).decode(), key)
        tx.sql.update(tables.idempotency, sets=("status", "body"), keys=("key",), rows=[kept])
        return reply

    def check_version(self, tx: SqlTransaction, act: Act, *, order_id: str) -> None:
        """Raises Problem when If-Match names another version. Takes the order's locks."""
        if self.version is None:
            return
        batch = Batch.open(tx, act, {order_id}, with_stock=True)
        refusal = version_refusal(batch.orders[order_id], self.version)
        if refusal is not None:
            raise of_refusal(refusal)


def accepted(answer: Any) -> Any:
    """An operation's answer. Raises Problem for a refusal."""
    if isinstance(answer, Refusal):
        raise of_refusal(answer)
    return answer


def _kept(sql: Sql, key: str, fingerprint: str) -> Reply:
    row = sql.first(
        "select fingerprint, status, body from idempotency where shard = :shard and key = :key",
        key=key,
    )
    if row is None or row.fingerprint != fingerprint or row.body is None:
        raise key_reused()
    return Reply(json.loads(row.body), row.status, replayed=True)


def key_reused() -> Problem:
    sentence = "This Idempotency-Key was used for another request: use a new key for a new one."
    return Problem(409, "idempotency_key_reused", sentence)


def actor_of(key: ApiKey) -> str:
    return f"api:{key.name}"


def given_key(request: Request, key: ApiKey) -> str | None:
    """Keys of two programs never meet. Raises Problem for a key that cannot be kept."""
    given = request.headers.get("idempotency-key")
    if given is None:
        return None
    if not 0 < len(given) <= MAX_KEY_LENGTH or not (given.isascii() and given.isprintable()):
        sentence = f"Write 1 to {MAX_KEY_LENGTH} printable ASCII characters as Idempotency-Key."
        raise Problem(400, "bad_idempotency_key", sentence)
    return f"{key.id}:{given}"


def version_wanted(request: Request) -> int | None:
    """What If-Match names. `*` stands for any; what is no version of ours fits none."""
    given = request.headers.get("if-match", "*").strip()
    if given == "*":
        return None
    digits = given.removeprefix("W/").strip('"')
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else -1


_bearer = HTTPBearer(auto_error=False, description="A key, as `purvey key create` prints it")
Bearer = Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        description="The same key and body answer as the first time; kept for 30 days",
        json_schema_extra={"maxLength": MAX_KEY_LENGTH},
    ),
]
IfMatch = Annotated[str | None, Header(description="Go on only if this is still its ETag")]


async def _caller(request: Request, scopes: SecurityScopes, _: Bearer) -> Caller:
    [scope] = scopes.scopes
    key = await request.app.state.keys.authorised(request, scope)
    return Caller(house=request.app.state.house, key=key)


async def _changer(
    request: Request, scopes: SecurityScopes, _: Bearer, if_match: IfMatch = None
) -> Changer:
    return await _known_changer(request, scopes, once=False)


async def _poster(
    request: Request,
    scopes: SecurityScopes,
    _: Bearer,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> Changer:
    return await _known_changer(request, scopes, once=True)


async def _known_changer(request: Request, scopes: SecurityScopes, *, once: bool) -> Changer:
    [scope] = scopes.scopes
    key = await request.app.state.keys.authorised(request, scope)
    return Changer(
        house=request.app.state.house,
        key=key,
        once=await _once(request, key) if once else None,
        version=version_wanted(request),
    )


async def _once(request: Request, key: ApiKey) -> tuple[str, str] | None:
    given = given_key(request, key)
    if given is None:
        return None
    place = f"{request.method} {request.url.path}\n".encode()
    return given, sha256(place + await request.body()).hexdigest()


def reads(scope: str) -> Any:
    return Security(_caller, scopes=[scope])


def changes(scope: str) -> Any:
    """For PUT and DELETE, which can be repeated as they are."""
    return Security(_changer, scopes=[scope])


def posts(scope: str) -> Any:
    return Security(_poster, scopes=[scope])
