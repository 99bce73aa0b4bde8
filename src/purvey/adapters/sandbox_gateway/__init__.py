"""The sandbox gateway: try everything that can happen to a payment, without money."""

from purvey.adapters.adapter import Adapter
from purvey.adapters.sandbox_gateway.gateway import SandboxGateway
from purvey.adapters.sandbox_gateway.settings import Settings

ADAPTER = Adapter(
    name="sandbox",
    port="payment",
    settings=Settings,
    can=frozenset({"capture_in_parts", "refund_in_parts", "ask_customer", "webhooks", "books"}),
    build=SandboxGateway,
    ping=SandboxGateway.ping,
    webhooks=SandboxGateway.read_webhook,
)
