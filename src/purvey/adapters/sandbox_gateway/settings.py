"""Settings of the sandbox gateway; all have a value that works."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, SecretStr


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    path: Path = Path("sandbox-gateway.db")
    webhooks: bool = True  # whether movements are reported; False keeps the queue empty
    webhook_secret: SecretStr = SecretStr("")  # empty: a random one, made and kept with the books
    confirm_url: str = "http://localhost:8000/sandbox/confirm/{reference}"
    slow_seconds: float = Field(default=2.0, ge=0)  # how long tok_slow takes
    first_seconds: float = Field(default=2.0, ge=0)  # tok_webhook_first waits so long to be fetched
