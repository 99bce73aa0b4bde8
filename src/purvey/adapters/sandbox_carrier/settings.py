"""Settings of the sandbox carrier; all have a value that works."""

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Settings(BaseModel):
    """Seconds count from the hand-over; the defaults suit a demo that somebody watches."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    carrier: str = "Sandbox Post"
    currency: str = "GBP"
    tracking_url: str = "https://carrier.example/track/{tracking_number}"
    transit_seconds: float = Field(default=0.5, ge=0)
    out_for_delivery_seconds: float | None = Field(default=None, ge=0)  # None: midway
    delivery_seconds: float = Field(default=2.0, ge=0)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.transit_seconds <= self.midway_seconds <= self.delivery_seconds:
            raise ValueError("a parcel moves, then is out for delivery, then is delivered")
        return self

    @property
    def midway_seconds(self) -> float:
        if self.out_for_delivery_seconds is not None:
            return self.out_for_delivery_seconds
        return (self.transit_seconds + self.delivery_seconds) / 2
