"""Who may do what: keys, scopes, and what is kept of a key."""

import re

import httpx2
import pytest

from purvey.domain.rights import RIGHTS
from purvey.storage import api_keys
from purvey.storage.api_keys import (
    NewKey,
    UnknownScope,
    create_keys,
    find_key,
    list_keys,
    revoke_keys,
)
from purvey.web import keys
from purvey.wiring import DEFAULT_SHARD, House, new_id
from tests.web.conftest import Api, an_order, new_key


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Basic YTpi",
        "Bearer pv_wrong",
        "pv_",
        "Bearer pv_" + "x" * 999,
    ],
)
def test_without_a_good_key_nobody_gets_in(small_api: Api, header: str | None):
    headers = {} if header is None else {"Authorization": header}
    for method, path in (("GET", "/orders"), ("POST", "/orders"), ("PUT", "/products/X")):
        url = f"{small_api.address}/api/v1{path}"
        answer = small_api.client.build_request(method, url)
        answer.headers.pop("authorization")
        answer.headers.update(headers)
        response = small_api.client.send(answer)
        assert response.status_code == 401
        assert response.headers["www-authenticate"].startswith("Bearer")
        assert response.headers["content-type"] == "application/problem+json"
        assert response.json()["code"] == "unauthorized"


@pytest.mark.parametrize(
    ("scope", "method", "path"),
    [
        ("orders:read", "GET", "/orders"),
        ("orders:write", "POST", "/orders"),
        ("orders:write", "POST", "/orders/batch"),
        ("orders:write", "POST", "/orders/1001/cancel"),
        ("orders:write", "DELETE", "/orders/1001/holds/h"),
        ("products:read", "GET", "/products"),
        ("products:write", "PUT", "/products/X"),
        ("stock:read", "GET", "/stock"),
        ("stock:write", "POST", "/stock/adjustments"),
        ("stock:write", "PUT", "/locations/x"),
        ("customers:read", "GET", "/customers"),
        ("shipments:read", "GET", "/shipments"),
        ("shipments:write", "POST", "/shipments/x/pick"),
        ("payments:read", "GET", "/payments"),
        ("payments:write", "POST", "/payments/x/void"),
        ("returns:read", "GET", "/returns"),
        ("returns:write", "POST", "/returns/x/approve"),
        ("events:read", "GET", "/events"),
        ("metrics:read", "GET", "/metrics/summary"),
    ],
)
def test_a_key_opens_what_its_scopes_name(small_api: Api, scope: str, method: str, path: str):
    others = sorted(set(api_keys.SCOPES) - {scope, "all"})
    with_it, without = (new_key(small_api.house, *scopes) for scopes in ([scope], others))
    allowed = small_api.request(method, path, headers={"Authorization": f"Bearer {with_it}"})
    assert allowed.status_code not in (401, 403)
    refused = small_api.request(method, path, headers={"Authorization": f"Bearer {without}"})
    assert (refused.status_code, refused.json()["code"]) == (403, "missing_scope")
    assert scope in refused.json()["detail"]


def test_every_route_of_the_api_needs_one_right(small_api: Api):
    """Made-up ids and no body are enough: who may not, is told so before anything is looked at."""
    seen = set()
    for path, operations in small_api.document.content["paths"].items():
        for method, operation in operations.items():
            [need] = operation["security"]
            [[right]] = need.values()
            assert right in RIGHTS
            seen.add(right)
            others = [scope for scope in RIGHTS if scope != right]
            for scopes, may in ([[right], True], [others, False]):
                key = new_key(small_api.house, *scopes)
                url = small_api.address + re.sub(r"\{\w+\}", "pick", path)
                headers = {"Authorization": f"Bearer {key}"}
                answer = httpx2.request(method.upper(), url, headers=headers)
                assert answer.status_code != 401
                assert (answer.status_code != 403) == may, (method, path)
    assert len(seen) > 10


def test_a_revoked_key_is_soon_forgotten(api: Api, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(keys, "REMEMBERED_SECONDS", 0.0)
    assert api.get("/orders").status_code == 200
    house = api.house
    with house.database.reading(DEFAULT_SHARD) as sql:
        [key] = list_keys(sql)
    house.database.run(DEFAULT_SHARD, lambda tx: revoke_keys(tx.sql, [key.id], now=house.clock()))
    assert api.get("/orders").status_code == 401


def test_idempotency_keys_of_two_programs_never_meet(api: Api):
    other = new_key(api.house, name="other")
    first = api.post("/orders", an_order(), idempotency_key="k")
    second = api.post("/orders", an_order(), idempotency_key="k", authorization=f"Bearer {other}")
    assert second.status_code == 201
    assert second.json()["id"] != first.json()["id"]


def test_a_key_is_shown_once_and_kept_as_a_hash(house: House):
    [(key, secret)] = house.database.run(
        DEFAULT_SHARD,
        lambda tx: create_keys(
            tx.sql, [NewKey(name="a", scopes=("orders:read",))], new_id=new_id, now=house.clock()
        ),
    )
    assert secret.startswith("pv_")
    assert len(secret) == 3 + 43
    with house.database.reading(DEFAULT_SHARD) as sql:
        kept = sql.rows("select * from api_key where shard = :shard")
        assert secret not in str(kept)
        assert find_key(sql, secret) == key
        assert find_key(sql, secret + "x") is None
        assert list_keys(sql) == [key]
        assert list_keys(sql, after=key.id) == []


def test_a_key_is_revoked_once(house: House):
    secret = new_key(house)
    now = house.clock()
    with house.database.reading(DEFAULT_SHARD) as sql:
        [key] = list_keys(sql)
    assert house.database.run(1, lambda tx: revoke_keys(tx.sql, [key.id], now=now)) == 1
    assert house.database.run(1, lambda tx: revoke_keys(tx.sql, [key.id, "no"], now=now)) == 0
    with house.database.reading(DEFAULT_SHARD) as sql:
        assert find_key(sql, secret) is None
        assert list_keys(sql)[0].revoked_at == now


@pytest.mark.parametrize("scopes", [(), ("orders:delete",), ("all", "")])
def test_a_scope_that_does_not_exist_is_refused(house: House, scopes: tuple[str, ...]):
    with pytest.raises(UnknownScope, match="orders:read"):
        house.database.run(
            DEFAULT_SHARD,
            lambda tx: create_keys(
                tx.sql, [NewKey(name="a", scopes=scopes)], new_id=new_id, now=house.clock()
            ),
        )
