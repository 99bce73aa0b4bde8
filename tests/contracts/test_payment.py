"""Our payment gateways keep the contract."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from purvey.adapters import find
from purvey.adapters.sandbox_gateway.gateway import SandboxGateway
from purvey.ports.payment import PaymentGateway
from purvey.testing.payment_contract import PaymentContract


class TestSandbox(PaymentContract):
    adapter = find("sandbox")
    token, declined_token = "tok_ok", "tok_declined"
    customer_token = "tok_needs_customer"
    lost_answer_token, lost_request_token = "tok_timeout_after", "tok_timeout_before"

    @pytest.fixture
    def gateway(self, tmp_path: Path) -> Iterator[PaymentGateway]:
        gateway: SandboxGateway = self.adapter.open({"path": tmp_path / "books.db"})
        yield gateway
        gateway.close()
