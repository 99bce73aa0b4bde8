"""The sandbox's webhooks: signed, told once, twice, too early or too late, as the token says."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from purvey.adapters import BadWebhook
from purvey.adapters.sandbox_gateway.gateway import SandboxGateway
from purvey.adapters.sandbox_gateway.settings import Settings
from purvey.adapters.standard_webhooks import signed_headers
from purvey.ports.payment import Authorised, GatewayReport, Moved, NeedsCustomer
from purvey.ports.trouble import Unknown

NOW = datetime(2026, 5, 3, 12, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[SandboxGateway]:
    gateway = SandboxGateway(
        Settings(path=tmp_path / "books.db"), clock=NOW.timestamp, sleep=lambda _: None
    )
    yield gateway
    gateway.close()


def pay(gateway: SandboxGateway, token: str) -> str:
    answer = gateway.authorise(
        key="k1", payment_id="pay_1", amount=1925, currency="GBP", token=token
    )
    assert isinstance(answer, Authorised | NeedsCustomer)
    return answer.reference


def fetch(gateway: SandboxGateway) -> list[GatewayReport]:
    """One round of the pump."""
    posts = gateway.undelivered(limit=100, now=NOW)
    gateway.mark_delivered(ids=[post.id for post in posts])
    return [
        report
        for post in posts
        for report in gateway.read_webhook(headers=post.headers, body=post.body, now=NOW)
    ]


def kinds(gateway: SandboxGateway) -> list[str]:
    return [report.kind for report in fetch(gateway)]


def test_a_report_says_the_same_as_the_answer(gateway: SandboxGateway) -> None:
    reference = pay(gateway, "tok_ok")
    moved = gateway.capture(key="c1", reference=reference, amount=1000)
    assert isinstance(moved, Moved)
    authorised, captured = fetch(gateway)
    assert authorised == GatewayReport(
        event_id=authorised.event_id,
        kind="authorised",
        payment_id="pay_1",
        key="k1",
        reference=reference,
        amount=1925,
    )
    assert (captured.key, captured.reference, captured.amount) == ("c1", moved.reference, 1000)
    assert fetch(gateway) == []


def test_every_kind_of_movement_is_told(gateway: SandboxGateway) -> None:
    reference = pay(gateway, "tok_ok")
    gateway.capture(key="c1", reference=reference, amount=1000)
    gateway.give_back(key="r1", reference=reference, amount=300)
    gateway.void(key="v1", reference=reference)
    gateway.capture(key="c2", reference=reference, amount=1)
    assert kinds(gateway) == ["authorised", "captured", "refunded", "voided"]


def test_a_refusal_is_told_with_its_reason(gateway: SandboxGateway) -> None:
    gateway.authorise(key="k1", payment_id="pay_1", amount=1, currency="GBP", token="tok_declined")
    (report,) = fetch(gateway)
    assert report.kind == "declined"
    assert "declined" in (report.reason or "")


def test_a_lost_answer_is_told_all_the_same(gateway: SandboxGateway) -> None:
    with pytest.raises(Unknown):
        pay(gateway, "tok_timeout_after")
    assert kinds(gateway) == ["authorised"]


@pytest.mark.parametrize(("says", "kind"), [("confirm", "authorised"), ("reject", "declined")])
def test_what_the_customer_says_is_told(gateway: SandboxGateway, says: str, kind: str) -> None:
    reference = pay(gateway, "tok_needs_customer")
    assert fetch(gateway) == []
    for _ in range(2):
        getattr(gateway, says)(reference=reference)
    assert kinds(gateway) == [kind]


def test_a_webhook_comes_twice_with_the_same_id(gateway: SandboxGateway) -> None:
    pay(gateway, "tok_webhook_twice")
    first, second = fetch(gateway), fetch(gateway)
    assert first == second
    assert len(first) == 1
    assert fetch(gateway) == []


def test_a_webhook_comes_before_the_answer(tmp_path: Path) -> None:
    seen: list[GatewayReport] = []

    def pump(_: float) -> None:
        seen.extend(fetch(impatient))

    impatient = SandboxGateway(Settings(path=tmp_path / "books.db"), sleep=pump)
    pay(impatient, "tok_webhook_first")
    assert [report.kind for report in seen] == ["authorised"]
    impatient.close()


def test_nobody_waits_for_ever_for_a_pump_that_does_not_run(tmp_path: Path) -> None:
    naps: list[float] = []
    gateway = SandboxGateway(Settings(path=tmp_path / "books.db"), sleep=naps.append)
    pay(gateway, "tok_webhook_first")
    assert sum(naps) == pytest.approx(2.0)
    gateway.close()


def test_a_late_webhook_comes_after_that_of_the_capture(gateway: SandboxGateway) -> None:
    reference = pay(gateway, "tok_webhook_late")
    assert fetch(gateway) == []
    gateway.capture(key="c1", reference=reference, amount=1925)
    assert kinds(gateway) == ["captured", "authorised"]


def test_what_was_not_delivered_is_offered_again_and_signed_anew(gateway: SandboxGateway) -> None:
    pay(gateway, "tok_ok")
    (early,) = gateway.undelivered(limit=10, now=NOW)
    (late,) = gateway.undelivered(limit=10, now=NOW + timedelta(hours=1))
    assert (early.id, early.body) == (late.id, late.body)
    assert early.headers["webhook-signature"] != late.headers["webhook-signature"]


def test_no_more_is_offered_than_was_asked_for(gateway: SandboxGateway) -> None:
    reference = pay(gateway, "tok_ok")
    for no in range(9):
        gateway.capture(key=f"c{no}", reference=reference, amount=1)
    assert len(gateway.undelivered(limit=4, now=NOW)) == 4


def test_somebody_elses_webhook_is_refused(gateway: SandboxGateway, tmp_path: Path) -> None:
    pay(gateway, "tok_ok")
    (post,) = gateway.undelivered(limit=1, now=NOW)
    other = SandboxGateway(Settings(path=tmp_path / "other.db"))
    with pytest.raises(BadWebhook):
        other.read_webhook(headers=post.headers, body=post.body, now=NOW)
    other.close()


def test_the_secret_of_the_settings_is_used(tmp_path: Path) -> None:
    settings = Settings.model_validate({"path": tmp_path / "b.db", "webhook_secret": SECRET})
    gateway = SandboxGateway(settings)
    body = b'{"type": "payment.disputed", "timestamp": "", "data": {}}'
    headers = signed_headers(secret=SECRET, message_id="evt_1", now=NOW, body=body)
    assert gateway.read_webhook(headers=headers, body=body, now=NOW) == []
    gateway.close()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"type": "payment.captured"}',
        b'{"type": "payment.captured", "timestamp": "", "data": {"amount": "much"}}',
    ],
)
def test_a_signed_webhook_that_cannot_be_read_is_refused(tmp_path: Path, body: bytes) -> None:
    settings = Settings.model_validate({"path": tmp_path / "b.db", "webhook_secret": SECRET})
    gateway = SandboxGateway(settings)
    headers = signed_headers(secret=SECRET, message_id="evt_1", now=NOW, body=body)
    with pytest.raises(BadWebhook, match="read"):
        gateway.read_webhook(headers=headers, body=body, now=NOW)
    gateway.close()


def test_a_shop_without_webhooks_has_an_empty_queue(tmp_path: Path) -> None:
    gateway = SandboxGateway(Settings(path=tmp_path / "books.db", webhooks=False))
    pay(gateway, "tok_webhook_twice")
    assert gateway.undelivered(limit=10, now=NOW) == []
    gateway.close()
