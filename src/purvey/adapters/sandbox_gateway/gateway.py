"""A payment gateway without money but with real books; it misbehaves when a token says so."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from purvey.adapters import standard_webhooks
from purvey.adapters.sandbox_gateway import rules
from purvey.adapters.sandbox_gateway.books import Books, Call, Charge, posts_of
from purvey.adapters.sandbox_gateway.reports import Post, body_of, reports_in
from purvey.adapters.sandbox_gateway.rules import Account, Movement
from purvey.adapters.sandbox_gateway.settings import Settings
from purvey.adapters.sandbox_gateway.tokens import Habit, Posting, habit_of
from purvey.ports.payment import (
    Authorised,
    Declined,
    GatewayReport,
    Moved,
    NeedsCustomer,
    NotFound,
)
from purvey.ports.trouble import GiveUp, Unknown

LOOK_AGAIN_SECONDS = 0.01
VERDICTS = frozenset({"authorised", "declined", "waiting"})

Rule = Callable[[Account, int], Movement]


class SandboxGateway:
    """A `PaymentGateway`; `confirm`, `reject`, `undelivered` and `books` are the sandbox's own."""

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ):
        self._settings = settings
        self._books = Books(path=settings.path)
        self._clock = clock
        self._sleep = sleep

    def authorise(
        self, *, key: str, payment_id: str, amount: int, currency: str, token: str
    ) -> Authorised | Declined | NeedsCustomer:
        habit = habit_of(token)
        self._misbehave_before(habit, key)
        asked = _asked("authorise", payment_id, amount, f"{currency} {token}")
        with self._books.writing():
            if call := self._books.call(key):
                return self._verdict(_same(call, asked))
            no = self._books.add_account(
                key=key,
                payment_id=payment_id,
                amount=amount,
                currency=currency,
                token=token,
                habit=habit,
            )
            verdict = Movement(outcome=habit.verdict.value, reason=habit.reason)
            call = self._record(no, verdict, habit, key=key, asked=asked, amount=amount)
        self._misbehave_after(habit, call, "authorise")
        return self._verdict(call)

    def capture(self, *, key: str, reference: str, amount: int) -> Moved | Declined:
        return self._move("capture", rules.capture, key=key, reference=reference, amount=amount)

    def give_back(self, *, key: str, reference: str, amount: int) -> Moved | Declined:
        return self._move("refund", rules.refund, key=key, reference=reference, amount=amount)

    def void(self, *, key: str, reference: str) -> Moved | Declined:
        return self._move("void", rules.void, key=key, reference=reference, amount=None)

    def find(self, *, key: str) -> Authorised | Declined | NeedsCustomer | Moved | NotFound:
        call = self._books.call(key)
        if call is None:
            return NotFound()
        return self._verdict(call) if call.outcome in VERDICTS else self._moved(call)

    def confirm(self, *, reference: str) -> Authorised | Declined | NeedsCustomer:
        """The customer has said yes to their bank; a webhook will tell. Safe to repeat."""
        return self._settle(reference, outcome="authorised", reason=None)

    def reject(self, *, reference: str) -> Authorised | Declined | NeedsCustomer:
        """The customer has said no to their bank; a webhook will tell. Safe to repeat."""
        reason = "The payment was not confirmed with the bank."
        return self._settle(reference, outcome="declined", reason=reason)

    def undelivered(self, *, limit: int, now: datetime) -> list[Post]:
        """Webhooks that nobody has fetched yet, oldest first, signed as of `now`."""
        return [self._post(call, account, now) for call, account in self._books.unfetched(limit)]

    def mark_delivered(self, *, ids: Iterable[str]) -> None:
        """They were answered with 2xx. Some tokens have a webhook delivered twice even so."""
        self._books.fetched([int(id_.rpartition("_")[2]) for id_ in ids])

    def read_webhook(
        self, *, headers: Mapping[str, str], body: bytes, now: datetime
    ) -> list[GatewayReport]:
        """Raises BadWebhook when it is not ours, changed, or older than five minutes."""
        event_id = standard_webhooks.verify(
            secret=self._secret, headers=headers, body=body, now=now
        )
        return reports_in(body, event_id=event_id)

    def books(self) -> Iterator[Charge]:
        """All that the gateway holds, by payment, in bounded memory: for an audit."""
        return self._books.charges()

    def ping(self) -> str:
        return f"Sandbox books {self._books.file.tag} in {self._settings.path} can be read."

    def close(self) -> None:
        self._books.file.close()

    def _move(
        self, verb: str, rule: Rule, *, key: str, reference: str, amount: int | None
    ) -> Moved | Declined:
        asked = _asked(verb, reference, amount)
        with self._books.writing():
            if call := self._books.call(key):
                return self._moved(_same(call, asked))
            account = self._account(reference)
            habit = habit_of(account.token)
            movement = _by_habit(habit, verb) or rule(account, amount or 0)
            call = self._book(account, movement, habit, key=key, asked=asked)
        self._misbehave_after(habit, call, verb)
        return self._moved(call)

    def _book(
        self, account: Account, movement: Movement, habit: Habit, *, key: str, asked: str
    ) -> Call:
        if movement.amount:
            self._books.move(account, movement)
        elif movement.outcome == "voided":
            self._call_off(account)
        call = self._record(
            account.no, movement, habit, key=key, asked=asked, amount=movement.amount
        )
        if habit.posting is Posting.LATE and movement.outcome != "refused":
            self._books.release(account, after=call)
        return call

    def _call_off(self, account: Account) -> None:
        self._books.settle(
            account, outcome="declined", reason="The payment was cancelled.", authorised=0, posts=0
        )

    def _record(
        self, account: int, what: Movement, habit: Habit, *, key: str, asked: str, amount: int
    ) -> Call:
        return self._books.add_call(
            key=key,
            asked=asked,
            account=account,
            outcome=what.outcome,
            amount=amount,
            reason=what.reason,
            at=int(self._clock()),
            posts=posts_of(habit, what.outcome) if self._settings.webhooks else 0,
        )

    def _settle(
        self, reference: str, *, outcome: str, reason: str | None
    ) -> Authorised | Declined | NeedsCustomer:
        with self._books.writing():
            account = self._account(reference)
            if account.state == "waiting":
                self._books.settle(
                    account,
                    outcome=outcome,
                    reason=reason,
                    authorised=account.requested if outcome == "authorised" else 0,
                    posts=1,
                )
            call = self._books.call(account.key)
        assert call is not None
        return self._verdict(call)

    def _account(self, reference: str) -> Account:
        account = self._books.account_of(reference)
        if account is None:
            raise GiveUp(f"The sandbox has no payment {reference}.")
        return account

    def _misbehave_before(self, habit: Habit, key: str) -> None:
        if habit.slow:
            self._sleep(self._settings.slow_seconds)
        if habit.always:
            raise habit.always("The sandbox does not take this card.")
        if habit.at_first and self._books.first_attempt(key):
            raise habit.at_first("The sandbox did not answer; nothing was booked.")

    def _misbehave_after(self, habit: Habit, call: Call, verb: str) -> None:
        if habit.posting is Posting.FIRST and verb == "authorise":
            self._wait_until_fetched(call)
        if habit.loses_answer_of == verb and call.outcome != "refused":
            raise Unknown("The sandbox did the work, and its answer was lost.")

    def _wait_until_fetched(self, call: Call) -> None:
        for _ in range(int(self._settings.first_seconds / LOOK_AGAIN_SECONDS)):
            if self._books.is_fetched(call):
                return
            self._sleep(LOOK_AGAIN_SECONDS)

    def _verdict(self, call: Call) -> Authorised | Declined | NeedsCustomer:
        reference = self._books.reference(call.account)
        if call.outcome == "authorised":
            return Authorised(reference=reference, amount=call.amount)
        if call.outcome == "waiting":
            url = self._settings.confirm_url.format(reference=reference)
            return NeedsCustomer(reference=reference, url=url)
        return Declined(reason=call.reason or "", reference=reference)

    def _moved(self, call: Call) -> Moved | Declined:
        if call.outcome == "refused":
            reference = self._books.reference(call.account)
            return Declined(reason=call.reason or "", reference=reference)
        return Moved(reference=self._reference(call), amount=call.amount)

    def _reference(self, call: Call) -> str:
        """A verdict bears the charge's own, a movement one of its own."""
        if call.outcome in VERDICTS:
            return self._books.reference(call.account)
        return f"mv_{self._books.file.tag}_{call.no}"

    def _post(self, call: Call, account: Account, now: datetime) -> Post:
        body = body_of(call, account, reference=self._reference(call))
        id_ = f"evt_{self._books.file.tag}_{call.no}"
        headers = standard_webhooks.signed_headers(
            secret=self._secret, message_id=id_, now=now, body=body
        )
        return Post(id=id_, body=body, headers={"content-type": "application/json", **headers})

    @property
    def _secret(self) -> str:
        return self._settings.webhook_secret.get_secret_value() or self._books.file.secret


def _asked(verb: str, what: str, amount: int | None, more: str = "") -> str:
    """The parameters of a call, to tell a repetition from a key that is used for something else."""
    if amount is not None and amount <= 0:
        raise GiveUp(f"An amount to {verb} must be above zero, not {amount}.")
    return f"{verb} {what} {amount or ''} {more}"


def _same(call: Call, asked: str) -> Call:
    if call.asked != asked:
        raise GiveUp(f"The key {call.key} was used for another call: {call.asked}.")
    return call


def _by_habit(habit: Habit, verb: str) -> Movement | None:
    return rules.refused(habit.reason or "") if habit.refuses == verb else None
