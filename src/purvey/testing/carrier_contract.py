"""What every carrier must do, as tests. Subclass it in the tests of your adapter:

class TestMyCarrier(CarrierContract):
    adapter = ADAPTER

    @pytest.fixture
    def carrier(self):
        return ADAPTER.open({"account": "test"})
"""

import base64
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from purvey.adapters import Adapter
from purvey.domain.draft import Address
from purvey.ports.carrier import CannotShip, Carrier, Label, Parcel, Rate

KINDS = {"in_transit", "out_for_delivery", "delivered", "lost", "returned_to_sender"}
MEDIA_TYPES = {"application/pdf", "x-application/zpl"}


class CarrierContract:
    """`can` may hold: quote, cancel_label, track, zpl, pdf."""

    adapter: Adapter[Any, Any]
    patience = timedelta(days=30)  # a test parcel has arrived by then
    parcel = Parcel(
        weight_grams=1250,
        from_location="main",
        to=Address(
            name="Zoë O'Neill ^XZ ~JA",
            line1="1 High Street",
            city="Leeds",
            postal_code="LS1 4DT",
            country="GB",
        ),
        service="standard",
        contents="1001",
    )

    @pytest.fixture
    def carrier(self) -> Carrier:
        raise NotImplementedError("Give the carrier as a fixture of this name.")

    def label(self, carrier: Carrier, *, key: str = "") -> Label:
        label = carrier.buy_label(key=key or a_key(), parcel=self.parcel)
        assert isinstance(label, Label)
        return label

    def test_it_says_what_it_is(self, carrier: Carrier) -> None:
        assert self.adapter.port == "carrier"
        assert self.adapter.ping(carrier).endswith(".")

    def test_a_parcel_has_a_price(self, carrier: Carrier) -> None:
        if "quote" not in self.adapter.can:
            pytest.skip(f"{self.adapter.name} gives no quotes")
        rate = carrier.quote(parcel=self.parcel)
        assert isinstance(rate, Rate)
        assert rate.amount >= 0
        assert 0 <= rate.days_from <= rate.days_to

    def test_a_label_can_be_printed_and_followed(self, carrier: Carrier) -> None:
        label = self.label(carrier)
        assert label.media_type in MEDIA_TYPES
        assert label.carrier
        assert label.tracking_url.startswith("http")
        assert label.cost >= 0
        if label.media_type == "application/pdf":
            assert base64.b64decode(label.body, validate=True).startswith(b"%PDF")
        else:
            assert (label.body.count("^XA"), label.body.count("^XZ")) == (1, 1)

    def test_the_same_label_comes_back_for_the_same_key(self, carrier: Carrier) -> None:
        key = a_key()
        assert self.label(carrier, key=key) == self.label(carrier, key=key)

    def test_every_parcel_has_a_number_of_its_own(self, carrier: Carrier) -> None:
        assert len({self.label(carrier).tracking_number for _ in range(5)}) == 5

    def test_a_parcel_to_nowhere_is_refused_with_a_reason(self, carrier: Carrier) -> None:
        nowhere = replace(self.parcel, to=Address(name="Ann Lee"))
        answer = carrier.buy_label(key=a_key(), parcel=nowhere)
        assert isinstance(answer, CannotShip)
        assert answer.reason

    def test_a_label_is_cancelled_however_often_that_is_said(self, carrier: Carrier) -> None:
        if "cancel_label" not in self.adapter.can:
            pytest.skip(f"{self.adapter.name} cancels no labels")
        key, number = a_key(), self.label(carrier).tracking_number
        for _ in range(2):
            carrier.cancel_label(key=key, tracking_number=number)

    def test_events_are_in_order_and_in_the_past(self, carrier: Carrier) -> None:
        if "track" not in self.adapter.can:
            pytest.skip(f"{self.adapter.name} tracks nothing")
        start = datetime.now(UTC)
        number = self.label(carrier).tracking_number
        for now in (start, start + self.patience / 2, start + self.patience):
            events = carrier.track(tracking_number=number, handed_over_at=start, now=now)
            assert [e.at for e in events] == sorted(e.at for e in events)
            assert all(e.kind in KINDS and e.at.tzinfo and e.at <= now for e in events)

    def test_what_was_told_stays_true(self, carrier: Carrier) -> None:
        if "track" not in self.adapter.can:
            pytest.skip(f"{self.adapter.name} tracks nothing")
        start, number = datetime.now(UTC), self.label(carrier).tracking_number
        told = [
            carrier.track(tracking_number=number, handed_over_at=start, now=start + part)
            for part in (self.patience / 2, self.patience)
        ]
        assert [*told[1][: len(told[0])]] == [*told[0]]


def a_key() -> str:
    return f"contract:{uuid4().hex}"
