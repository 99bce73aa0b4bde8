"""What we sign is read by the standard's own library, and fits its published vectors."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from purvey.adapters.standard_webhooks import new_secret, signed_headers, verify
from tests.adapters_files.places import DATA, needed

VECTORS = DATA / "vectors" / "standard-webhooks-vectors.json"
BODY = '{"type": "order.shipped", "data": {"name": "Bücher für zwölf €"}}'.encode()


def test_the_standards_library_reads_what_we_sign():
    secret = new_secret()
    headers = signed_headers(secret=secret, message_id="evt_1", now=datetime.now(UTC), body=BODY)
    assert Webhook(secret).verify(BODY, headers)["type"] == "order.shipped"


def test_after_a_change_of_secrets_both_the_old_and_the_new_one_fit():
    old, new = new_secret(), new_secret()
    now = datetime.now(UTC)
    headers = signed_headers(secret=new, also=[old], message_id="evt_1", now=now, body=BODY)
    assert len(headers["webhook-signature"].split()) == 2
    assert Webhook(new).verify(BODY, headers)
    assert Webhook(old).verify(BODY, headers)
    assert verify(secret=old, headers=headers, body=BODY, now=now) == "evt_1"
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(BODY, headers)


def test_a_secret_is_long_enough_for_the_standard():
    """24 to 64 bytes (spec/standard-webhooks.md)."""
    import base64

    secret = new_secret()
    assert secret.startswith("whsec_")
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"))) <= 64
    assert secret != new_secret()


@needed("vectors")
def test_the_published_vectors():
    v = json.loads(VECTORS.read_text())
    body, now = v["body"].encode(), datetime.fromtimestamp(v["webhook-timestamp"], UTC)
    for secret in (v["secret"], v["secret_without_prefix_is_equal"]):
        headers = signed_headers(secret=secret, message_id=v["webhook-id"], now=now, body=body)
        assert headers == {
            "webhook-id": v["webhook-id"],
            "webhook-timestamp": str(v["webhook-timestamp"]),
            "webhook-signature": v["webhook-signature"],
        }
    for secret in v["empty_secret_is_an_error"]:
        with pytest.raises(ValueError, match="secret"):
            signed_headers(secret=secret, message_id="evt_1", now=now, body=body)
