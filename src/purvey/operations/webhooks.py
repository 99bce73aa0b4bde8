"""Endpoints that are told what happens: added, changed, switched off and on, given another secret,
removed. Whoever adds one says where to; what it is told begins with what happens from then on."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from purvey.domain import webhooks
from purvey.domain.webhooks import Endpoint
from purvey.kit.frozen import evolve
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.event_types import event_types, groups
from purvey.operations.people import note
from purvey.ports.storage import Transaction

NOT_FOUND = Refusal("not_found", "There is no such webhook endpoint.")
TOO_MANY = Refusal(
    "too_many_endpoints",
    f"A shop has at most {webhooks.MAX_ENDPOINTS} webhook endpoints: remove one first.",
)
CHANGED = Refusal("changed_meanwhile", "Somebody changed this endpoint in the meantime.")
CheckUrl = Callable[[str], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointWish:
    """`event_types` empty: all. `secret` comes from whoever has dice."""

    url: str
    description: str = ""
    event_types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEndpoint(EndpointWish):
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointChange(EndpointWish):
    """`version` None: whatever it is by now."""

    endpoint_id: str
    version: int | None = None


def add_endpoints(
    tx: Transaction, wishes: Sequence[NewEndpoint], *, act: Act, check: CheckUrl
) -> list[Endpoint | Refusal]:
    room = webhooks.MAX_ENDPOINTS - len(tx.webhooks.lock_all())
    end = tx.webhooks.feed_end()
    answers: list[Endpoint | Refusal] = []
    for wish in wishes:
        refusal = _problems(wish, check) or (TOO_MANY if room <= 0 else None)
        answers.append(refusal or _new(wish, act, end))
        room -= refusal is None
    added = [answer for answer in answers if isinstance(answer, Endpoint)]
    tx.webhooks.add(added)
    tx.people.note([note(act, x.id, deed="added the webhook", detail=_host(x)) for x in added])
    return answers


def _new(wish: NewEndpoint, act: Act, end: int) -> Endpoint:
    return Endpoint(
        id=act.new_id("whk"),
        url=wish.url,
        description=wish.description,
        event_types=_in_order(wish.event_types),
        secret=wish.secret,
        state_since=act.now,
        fed_to=end,
        created_at=act.now,
        created_by=act.actor,
    )


def change_endpoints(
    tx: Transaction, changes: Sequence[EndpointChange], *, act: Act, check: CheckUrl
) -> list[Endpoint | Refusal]:
    """Deliveries that wait go to the new URL."""

    def changed(endpoint: Endpoint, change: EndpointChange) -> Endpoint | Refusal:
        refusal = _problems(change, check)
        if refusal is not None:
            return refusal
        if change.version not in (None, endpoint.version):
            return CHANGED
        return evolve(
            endpoint,
            url=change.url,
            description=change.description,
            event_types=_in_order(change.event_types),
            version=endpoint.version + 1,
        )

    pairs = [(change.endpoint_id, change) for change in changes]
    return _each(tx, pairs, changed, act=act, deed="changed the webhook")


def rotate_secrets(
    tx: Transaction, secrets: Sequence[tuple[str, str]], *, act: Act
) -> list[Endpoint | Refusal]:
    """(endpoint, new secret). The old one signs, too, for a day; one that is older is over now."""

    def rotated(endpoint: Endpoint, secret: str) -> Endpoint:
        return evolve(
            endpoint,
            secret=secret,
            old_secret=endpoint.secret,
            old_secret_until=act.now + webhooks.OLD_SECRET_SIGNS,
            version=endpoint.version + 1,
        )

    return _each(tx, secrets, rotated, act=act, deed="changed the secret of the webhook")


def switch_off(tx: Transaction, ids: Sequence[str], *, act: Act) -> list[Endpoint | Refusal]:
    """What happens from now on waits in the feed, and what is open waits, too."""

    def off(endpoint: Endpoint, _: str) -> Endpoint | Refusal:
        if endpoint.state == webhooks.OFF:
            return Refusal("not_allowed", "It is switched off already.")
        return switched_off(endpoint, act, reason=webhooks.BY_HAND)

    return _each(tx, [(x, x) for x in ids], off, act=act, deed="switched off the webhook")


def switched_off(endpoint: Endpoint, act: Act, *, reason: str) -> Endpoint:
    return evolve(endpoint, state=webhooks.OFF, off_reason=reason, state_since=act.now)


@dataclass(frozen=True, slots=True, kw_only=True)
class SwitchOn:
    """`send_missed`: what happened while it was off, and what was waiting then."""

    endpoint_id: str
    send_missed: bool = True


def switch_on(tx: Transaction, wishes: Sequence[SwitchOn], *, act: Act) -> list[Endpoint | Refusal]:
    end = tx.webhooks.feed_end()

    def on(endpoint: Endpoint, wish: SwitchOn) -> Endpoint | Refusal:
        if endpoint.state == webhooks.ON:
            return Refusal("not_allowed", "It is switched on already.")
        return evolve(
            endpoint,
            state=webhooks.ON,
            off_reason=None,
            state_since=act.now,
            failing_since=None,
            paused_until=None,
            fed_to=endpoint.fed_to if wish.send_missed else end,
        )

    pairs = [(wish.endpoint_id, wish) for wish in wishes]
    answers = _each(tx, pairs, on, act=act, deed="switched on the webhook")
    sent = {x.endpoint_id: x.send_missed for x in wishes}
    done = [answer.id for answer in answers if isinstance(answer, Endpoint)]
    tx.webhooks.skip_open([x for x in done if not sent[x]], act.now)
    tx.webhooks.bring_forward([x for x in done if sent[x]], act.now)
    return answers


def remove_endpoints(tx: Transaction, ids: Sequence[str], *, act: Act) -> list[Endpoint | Refusal]:
    known = tx.webhooks.find(ids)
    tx.webhooks.remove(known.keys(), act.now)
    tx.people.note(
        [note(act, x.id, deed="removed the webhook", detail=_host(x)) for x in known.values()]
    )
    return [known.get(id_, NOT_FOUND) for id_ in ids]


def _each(
    tx: Transaction,
    pairs: Sequence[tuple[str, object]],
    decide: Callable[..., Endpoint | Refusal],
    *,
    act: Act,
    deed: str,
) -> list[Endpoint | Refusal]:
    """Each endpoint as it is then; what is done twice in a batch builds on the first time."""
    known = dict(tx.webhooks.find({id_ for id_, _ in pairs}))
    answers: list[Endpoint | Refusal] = []
    for id_, wish in pairs:
        answer = decide(known[id_], wish) if id_ in known else NOT_FOUND
        answers.append(answer)
        if isinstance(answer, Endpoint):
            known[id_] = answer
    done = [answer for answer in answers if isinstance(answer, Endpoint)]
    tx.webhooks.save(list({x.id: x for x in done}.values()))
    tx.people.note([note(act, x.id, deed=deed, detail=_host(x)) for x in done])
    return answers


def _problems(wish: EndpointWish, check: CheckUrl) -> Refusal | None:
    """All that is wrong at once."""
    found = []
    wrong = check(wish.url)
    if wrong:
        found.append(Refusal("bad_url", wrong, pointer="/url"))
    known = {*event_types(), *groups()}
    for at, name in enumerate(wish.event_types):
        if name not in known:
            sentence = f'There is no event type "{name}"; see the list of event types.'
            found.append(Refusal("unknown_event_type", sentence, pointer=f"/event_types/{at}"))
    if not found:
        return None
    return evolve(found[0], more=tuple(found))


def _in_order(types: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(set(types)))


def _host(endpoint: Endpoint) -> str:
    """The journal needs no more: paths and queries of hooks are often secrets."""
    return endpoint.url.partition("://")[2].partition("/")[0].partition("?")[0]
