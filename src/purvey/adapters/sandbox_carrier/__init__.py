"""The sandbox carrier: labels that scanners read, parcels that move by the clock."""

from purvey.adapters.adapter import Adapter
from purvey.adapters.sandbox_carrier.carrier import SandboxCarrier
from purvey.adapters.sandbox_carrier.settings import Settings

ADAPTER = Adapter(
    name="sandbox_carrier",
    port="carrier",
    settings=Settings,
    can=frozenset({"quote", "cancel_label", "track", "zpl", "pdf"}),
    build=SandboxCarrier,
    ping=SandboxCarrier.ping,
)
