"""What every payment gateway must do, as tests. Subclass it in the tests of your adapter:

class TestMyGateway(PaymentContract):
    adapter = ADAPTER
    token, declined_token = "tok_visa", "tok_chargeDeclined"

    @pytest.fixture
    def gateway(self):
        return ADAPTER.open({"key": "sk_test_..."})

Tests of what the vendor cannot do, or cannot be made to do, are skipped: see `adapter.can` and the
tokens. Put pytest.register_assert_rewrite("purvey.testing") into your conftest.py.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from purvey.adapters import Adapter, BadWebhook
from purvey.ports.payment import (
    Authorised,
    Declined,
    Moved,
    NeedsCustomer,
    NotFound,
    PaymentGateway,
)
from purvey.ports.trouble import GiveUp, Unknown

AMOUNT = 1925


class PaymentContract:
    """`can` may hold: capture_in_parts, refund_in_parts, ask_customer, webhooks, books."""

    adapter: Adapter[Any, Any]
    currency = "GBP"
    token: str
    declined_token: str
    customer_token = ""  # the customer has to confirm
    lost_answer_token = ""  # it happens, and Unknown is raised
    lost_request_token = ""  # Unknown is raised, and nothing has happened

    @pytest.fixture
    def gateway(self) -> PaymentGateway:
        raise NotImplementedError("Give the gateway as a fixture of this name.")

    def authorise(
        self, gateway: PaymentGateway, *, key: str = "", token: str = ""
    ) -> Authorised | Declined | NeedsCustomer:
        return gateway.authorise(
            key=key or a_key(),
            payment_id=f"pay_{uuid4().hex}",
            amount=AMOUNT,
            currency=self.currency,
            token=token or self.token,
        )

    def held(self, gateway: PaymentGateway, *, key: str = "") -> str:
        answer = self.authorise(gateway, key=key)
        assert isinstance(answer, Authorised)
        return answer.reference

    def captured(self, gateway: PaymentGateway) -> str:
        reference = self.held(gateway)
        moved = gateway.capture(key=a_key(), reference=reference, amount=AMOUNT)
        assert isinstance(moved, Moved)
        return reference

    def test_it_says_what_it_is(self, gateway: PaymentGateway) -> None:
        assert self.adapter.port == "payment"
        assert self.adapter.ping(gateway).endswith(".")

    def test_money_is_held(self, gateway: PaymentGateway) -> None:
        answer = self.authorise(gateway)
        assert isinstance(answer, Authorised)
        assert (answer.amount, bool(answer.reference)) == (AMOUNT, True)

    def test_a_refused_card_is_an_answer_with_a_reason(self, gateway: PaymentGateway) -> None:
        answer = self.authorise(gateway, token=self.declined_token)
        assert isinstance(answer, Declined)
        assert answer.reason

    def test_the_same_call_holds_money_once(self, gateway: PaymentGateway) -> None:
        call = {"key": a_key(), "payment_id": f"pay_{uuid4().hex}", "currency": self.currency}
        answers = [gateway.authorise(**call, amount=AMOUNT, token=self.token) for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]

    def test_the_same_call_at_the_same_time_holds_money_once(self, gateway: PaymentGateway) -> None:
        call = {"key": a_key(), "payment_id": f"pay_{uuid4().hex}", "currency": self.currency}
        with ThreadPoolExecutor(8) as threads:
            futures = [
                threads.submit(gateway.authorise, **call, amount=AMOUNT, token=self.token)
                for _ in range(8)
            ]
        assert len({future.result() for future in futures}) == 1

    def test_a_key_is_not_for_two_different_calls(self, gateway: PaymentGateway) -> None:
        key = a_key()
        reference = self.held(gateway, key=key)
        with pytest.raises(GiveUp):
            gateway.capture(key=key, reference=reference, amount=AMOUNT)

    def test_held_money_is_captured_once_per_key(self, gateway: PaymentGateway) -> None:
        reference, key = self.held(gateway), a_key()
        answers = [gateway.capture(key=key, reference=reference, amount=AMOUNT) for _ in range(2)]
        assert isinstance(answers[0], Moved)
        assert answers[0].amount == AMOUNT
        assert answers[0] == answers[1]

    def test_no_more_is_captured_than_is_held(self, gateway: PaymentGateway) -> None:
        reference = self.held(gateway)
        more = gateway.capture(key=a_key(), reference=reference, amount=AMOUNT + 1)
        assert isinstance(more, Declined)
        assert isinstance(gateway.capture(key=a_key(), reference=reference, amount=AMOUNT), Moved)
        again = gateway.capture(key=a_key(), reference=reference, amount=1)
        assert isinstance(again, Declined)

    def test_parcels_are_paid_one_by_one(self, gateway: PaymentGateway) -> None:
        self.needs("capture_in_parts")
        reference = self.held(gateway)
        parts = (1000, 900, 25)
        answers = [gateway.capture(key=a_key(), reference=reference, amount=x) for x in parts]
        assert [x.amount for x in answers if isinstance(x, Moved)] == [*parts]
        assert isinstance(gateway.capture(key=a_key(), reference=reference, amount=1), Declined)

    def test_held_money_is_let_go(self, gateway: PaymentGateway) -> None:
        reference, key = self.held(gateway), a_key()
        answer = gateway.void(key=key, reference=reference)
        assert isinstance(answer, Moved)
        assert answer.amount == AMOUNT
        assert gateway.void(key=key, reference=reference) == answer
        late = gateway.capture(key=a_key(), reference=reference, amount=AMOUNT)
        assert isinstance(late, Declined)

    def test_captured_money_cannot_be_let_go(self, gateway: PaymentGateway) -> None:
        answer = gateway.void(key=a_key(), reference=self.captured(gateway))
        assert isinstance(answer, Declined)

    def test_captured_money_is_given_back_once_per_key(self, gateway: PaymentGateway) -> None:
        reference, key = self.captured(gateway), a_key()
        answers = [gateway.give_back(key=key, reference=reference, amount=AMOUNT) for _ in range(2)]
        assert isinstance(answers[0], Moved)
        assert answers[0] == answers[1]
        assert isinstance(gateway.give_back(key=a_key(), reference=reference, amount=1), Declined)

    def test_money_is_given_back_in_parts(self, gateway: PaymentGateway) -> None:
        self.needs("refund_in_parts")
        reference = self.captured(gateway)
        for amount in (1000, 925):
            answer = gateway.give_back(key=a_key(), reference=reference, amount=amount)
            assert isinstance(answer, Moved)
        assert isinstance(gateway.give_back(key=a_key(), reference=reference, amount=1), Declined)

    def test_held_money_cannot_be_given_back(self, gateway: PaymentGateway) -> None:
        answer = gateway.give_back(key=a_key(), reference=self.held(gateway), amount=1)
        assert isinstance(answer, Declined)

    def test_it_does_not_know_what_never_happened(self, gateway: PaymentGateway) -> None:
        assert gateway.find(key=a_key()) == NotFound()
        with pytest.raises(GiveUp):
            gateway.capture(key=a_key(), reference="made-up", amount=1)

    def test_it_knows_what_became_of_each_call(self, gateway: PaymentGateway) -> None:
        keys = [a_key() for _ in range(4)]
        held = self.authorise(gateway, key=keys[0])
        assert isinstance(held, Authorised)
        reference = held.reference
        declined = self.authorise(gateway, key=keys[1], token=self.declined_token)
        moved = gateway.capture(key=keys[2], reference=reference, amount=AMOUNT)
        given = gateway.give_back(key=keys[3], reference=reference, amount=AMOUNT)
        assert [gateway.find(key=key) for key in keys] == [held, declined, moved, given]

    def test_a_lost_answer_is_found_again(self, gateway: PaymentGateway) -> None:
        key, token = a_key(), self.needs_token(self.lost_answer_token)
        with pytest.raises(Unknown):
            self.authorise(gateway, key=key, token=token)
        assert isinstance(gateway.find(key=key), Authorised)

    def test_a_lost_request_may_be_made_again(self, gateway: PaymentGateway) -> None:
        key, token = a_key(), self.needs_token(self.lost_request_token)
        with pytest.raises(Unknown):
            self.authorise(gateway, key=key, token=token)
        assert gateway.find(key=key) == NotFound()
        assert isinstance(self.authorise(gateway, key=key, token=token), Authorised)

    def test_the_customer_is_sent_to_their_bank(self, gateway: PaymentGateway) -> None:
        self.needs("ask_customer")
        key = a_key()
        answer = self.authorise(gateway, key=key, token=self.needs_token(self.customer_token))
        assert isinstance(answer, NeedsCustomer)
        assert answer.url.startswith("http")
        assert gateway.find(key=key) == answer

    def test_an_unsigned_webhook_is_refused(self, gateway: PaymentGateway) -> None:
        self.needs("webhooks")
        assert self.adapter.webhooks is not None
        now = datetime.now(UTC)
        with pytest.raises(BadWebhook):
            self.adapter.webhooks(gateway, headers={}, body=b"{}", now=now)

    def needs(self, ability: str) -> None:
        if ability not in self.adapter.can:
            pytest.skip(f"{self.adapter.name} has no {ability}")

    def needs_token(self, token: str) -> str:
        return token or pytest.skip(f"{self.adapter.name} has no token for it")


def a_key() -> str:
    return f"contract:{uuid4().hex}"
