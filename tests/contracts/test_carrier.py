"""Our carriers keep the contract."""

from datetime import timedelta

import pytest

from purvey.adapters import find
from purvey.adapters.sandbox_carrier.carrier import SandboxCarrier
from purvey.ports.carrier import Carrier
from purvey.testing.carrier_contract import CarrierContract


class TestSandbox(CarrierContract):
    adapter = find("sandbox_carrier")
    patience = timedelta(seconds=2)

    @pytest.fixture
    def carrier(self) -> Carrier:
        carrier: SandboxCarrier = self.adapter.open({})
        return carrier
