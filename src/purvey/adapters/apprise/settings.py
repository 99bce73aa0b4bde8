"""Where short messages go. The URLs carry passwords and tokens, so they are secrets as a whole."""

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

PHONE = "{phone}"


class Settings(BaseModel):
    """`urls`: Apprise URLs with blanks between them; one with {phone} is for the customer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    urls: SecretStr
    max_length: int = Field(default=320, ge=20, le=4_000)  # signs of one message
    timeout_seconds: float = Field(default=10.0, gt=0, le=60)

    @field_validator("urls")
    @classmethod
    def _has_one(cls, value: SecretStr) -> SecretStr:
        urls = value.get_secret_value().split()
        if not urls or not all("://" in url for url in urls):
            raise ValueError("write Apprise URLs such as ntfy://topic, with blanks between them")
        return value

    @property
    def each(self) -> tuple[str, ...]:
        return tuple(self.urls.get_secret_value().split())
