import json

from purvey.storage.api_keys import find_key
from purvey.wiring import DEFAULT_SHARD, House
from tests.cli.conftest import Run


def test_a_key_is_shown_once_and_works(purvey: Run, house: House):
    made = json.loads(purvey("key", "create", "--name", "shop", "--json").out)
    assert made["name"] == "shop" and made["scopes"] == ["all"]
    with house.database.reading(DEFAULT_SHARD) as sql:
        found = find_key(sql, made["key"])
    assert found is not None and found.may("orders:write")
    assert made["key"] not in purvey("key", "list").out
    assert made["key"] not in purvey("key", "list", "--json").out


def test_scopes_are_what_was_asked_for(purvey: Run):
    scopes = "orders:write, orders:read"
    made = json.loads(purvey("key", "create", "--name", "x", "--scopes", scopes, "--json").out)
    assert made["scopes"] == ["orders:read", "orders:write"]


def test_without_json_the_key_stands_alone_on_its_line(purvey: Run):
    first, *rest = purvey("key", "create", "--name", "x").out.splitlines()
    assert first.startswith("pv_") and " " not in first
    assert "not shown again" in " ".join(rest)


def test_a_revoked_key_is_dead_and_stays_on_the_list(purvey: Run, house: House):
    made = json.loads(purvey("key", "create", "--name", "shop", "--json").out)
    assert json.loads(purvey("key", "revoke", "shop", "--json").out) == {"revoked": 1}
    with house.database.reading(DEFAULT_SHARD) as sql:
        assert find_key(sql, made["key"]) is None
    [listed] = json.loads(purvey("key", "list", "--json").out)["items"]
    assert listed["revoked_at"]
    assert json.loads(purvey("key", "revoke", made["id"], "--json").out) == {"revoked": 0}
