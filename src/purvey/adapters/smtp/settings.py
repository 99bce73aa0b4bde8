"""Settings of the mail server that takes our mails."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from purvey.adapters.smtp.address import to_header


class Settings(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "ssl", "none"] = "starttls"
    user: str = ""  # empty: no login
    password: SecretStr = SecretStr("")
    sender: str = Field(default="shop@example.com", min_length=3)  # or "My Shop <shop@example.com>"
    reply_to: str = ""
    timeout_seconds: float = Field(default=20.0, gt=0)
    ca_file: Path | None = None  # whom to trust besides the system's list: one's own server

    @field_validator("sender", "reply_to")
    @classmethod
    def _is_an_address(cls, value: str) -> str:
        if value:
            to_header(value)
        return value
