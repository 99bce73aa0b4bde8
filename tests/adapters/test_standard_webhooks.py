"""Signatures are those of Standard Webhooks: its own vectors, and what must never pass."""

from datetime import UTC, datetime, timedelta

import pytest

from purvey.adapters import BadWebhook
from purvey.adapters.standard_webhooks import signed_headers, verify

# From the test suites of the reference libraries (standard-webhooks/standard-webhooks, MIT).
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
NOW = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHERS = (
    "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= "
    "v2,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= "
)
HEADERS = {
    "webhook-id": ID,
    "webhook-timestamp": "1614265330",
    "webhook-signature": SIGNATURE,
}


def test_we_sign_as_the_standard_does() -> None:
    assert signed_headers(secret=SECRET, message_id=ID, now=NOW, body=BODY) == HEADERS


@pytest.mark.parametrize("secret", [SECRET, SECRET.removeprefix("whsec_")])
def test_a_good_signature_passes_with_either_way_to_write_the_secret(secret: str) -> None:
    assert verify(secret=secret, headers=HEADERS, body=BODY, now=NOW) == ID


def test_names_of_headers_may_be_written_in_any_case() -> None:
    headers = {name.title(): value for name, value in HEADERS.items()}
    assert verify(secret=SECRET, headers=headers, body=BODY, now=NOW) == ID


def test_one_good_signature_among_others_is_enough() -> None:
    headers = HEADERS | {"webhook-signature": OTHERS + SIGNATURE}
    assert verify(secret=SECRET, headers=headers, body=BODY, now=NOW) == ID


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "v1,",
        "v1,dawfeoifkpqwoekfpqoekf",
        OTHERS,
        SIGNATURE.replace("v1", "v2"),
        SIGNATURE.removeprefix("v1,"),
        "v1,é",
    ],
)
def test_a_wrong_signature_is_refused(signature: str) -> None:
    with pytest.raises(BadWebhook):
        verify(
            secret=SECRET,
            headers=HEADERS | {"webhook-signature": signature},
            body=BODY,
            now=NOW,
        )


@pytest.mark.parametrize("missing", sorted(HEADERS))
def test_a_missing_header_is_named(missing: str) -> None:
    headers = {name: value for name, value in HEADERS.items() if name != missing}
    with pytest.raises(BadWebhook, match=missing):
        verify(secret=SECRET, headers=headers, body=BODY, now=NOW)


@pytest.mark.parametrize(
    "changed",
    [{"webhook-id": "msg_other"}, {"webhook-timestamp": "1614265331"}],
)
def test_what_is_signed_cannot_be_exchanged(changed: dict[str, str]) -> None:
    with pytest.raises(BadWebhook):
        verify(secret=SECRET, headers=HEADERS | changed, body=BODY, now=NOW)
    with pytest.raises(BadWebhook):
        verify(secret=SECRET, headers=HEADERS, body=BODY + b" ", now=NOW)


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_is_too_old_or_from_the_future_is_refused(seconds: int) -> None:
    with pytest.raises(BadWebhook, match="too old"):
        verify(secret=SECRET, headers=HEADERS, body=BODY, now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-300, 300])
def test_clocks_may_differ_by_five_minutes(seconds: int) -> None:
    verify(secret=SECRET, headers=HEADERS, body=BODY, now=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize("time", ["", "x", "-1614265330", "1614265330.5", "9" * 40, "１６１４"])
def test_a_time_that_is_no_number_is_refused(time: str) -> None:
    with pytest.raises(BadWebhook, match="timestamp"):
        verify(secret=SECRET, headers=HEADERS | {"webhook-timestamp": time}, body=BODY, now=NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "not base64!"])
def test_an_empty_secret_is_our_own_mistake(secret: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        verify(secret=secret, headers=HEADERS, body=BODY, now=NOW)
