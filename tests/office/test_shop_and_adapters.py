"""Settings > Shop and Adapters: what is set, from where, without secrets; pings that really ask."""

import html
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from purvey.adapters import find
from purvey.config import Settings, defaults
from purvey.ports.trouble import TryLater
from purvey.storage.database import assert_no_transaction
from purvey.testing import Clock
from purvey.web.office import adapters
from purvey.web.office.setting_words import masked, shown_settings
from tests.office.conftest import Browser, Office

SHOP, ADAPTERS = "/settings/shop", "/settings/adapters"


def told(browser: Browser, path: str) -> str:
    return html.unescape(browser.get(path).text)


def test_every_setting_is_shown_once_with_its_meaning():
    chapters = shown_settings(Settings())
    names = [one.name for _, settings in chapters for one in settings]
    assert sorted(names) == sorted(set(defaults()) - {"adapters"})
    meanings = {one.name: one.meaning for _, settings in chapters for one in settings}
    assert meanings["currency"].startswith("ISO 4217")
    assert "only urgent messages go out" in meanings["quiet_hours"]
    assert "payment gateways" in meanings["gateways"]


def test_each_value_says_where_it_comes_from(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "purvey.toml").write_text('shop_name = "Tea & Co"\n')
    monkeypatch.setenv("PURVEY_LANGUAGE", "de")
    settings = Settings(shop_name="Tea & Co", language="de", port=9000)
    shown = {one.name: one for _, chapter in shown_settings(settings) for one in chapter}
    assert (shown["shop_name"].value, shown["shop_name"].origin) == ("Tea & Co", "purvey.toml")
    assert (shown["language"].value, shown["language"].origin) == ("de", "PURVEY_LANGUAGE")
    assert (shown["port"].value, shown["port"].origin) == ("9000", "command line")
    assert shown["currency"].origin == "default"


def test_secrets_are_not_shown():
    url = "postgresql://shop:hunter2@db.example/shop"
    assert "hunter2" not in masked("database_url", url)
    assert masked("database_url", url).endswith("@db.example/shop")
    for name in ("smtp_password", "sandbox_webhook_secret", "api_key", "token", "urls"):
        assert masked(name, "hunter2") == adapters.masked(name, "x")
    assert masked("smtp_password", "") == ""
    assert masked("public_url", "https://shop.example") == "https://shop.example"


def test_the_pages_show_them(small_office: Office):
    ada = small_office.logged_in()
    page = told(ada, SHOP)
    assert "close_after_days" in page and "after delivery" in page
    page = told(ada, ADAPTERS)
    assert "sandbox_carrier" in page and "smtp" in page
    assert "not in use" in page
    mia = small_office.logged_in("Mia", role="manager")
    assert mia.get(SHOP).status_code == mia.get(ADAPTERS).status_code == 403
    assert mia.post(f"{ADAPTERS}/log/ping").status_code == 403


def test_a_ping_asks_the_adapter_and_the_answer_is_kept(small_office: Office, clock: Clock):
    ada = small_office.logged_in()
    assert ada.post(f"{ADAPTERS}/log/ping").status_code == 303
    page = told(ada, ADAPTERS)
    assert "It answers" in page
    assert "Mails are kept in the database" in page
    assert "Asked by Ann Lee" in page
    assert ada.post(f"{ADAPTERS}/smtp/ping").status_code == 404  # nobody set it up


class Answers:
    """An adapter's ping that a test speaks for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, ping: Callable[[object], str]):
        from purvey.kit.frozen import evolve

        log = evolve(find("log"), ping=ping)
        monkeypatch.setattr(adapters.adapters, "find", lambda n: log if n == "log" else find(n))


def test_trouble_is_told_as_it_is(small_office: Office, monkeypatch: pytest.MonkeyPatch):
    def ping(_built: object) -> str:
        assert_no_transaction()
        raise TryLater("The mail server <b>is away</b>.")

    Answers(monkeypatch, ping)
    ada = small_office.logged_in()
    ada.post(f"{ADAPTERS}/log/ping")
    text = ada.get(ADAPTERS).text
    assert "It does not answer" in text
    assert "&lt;b&gt;is away" in text


def test_nobody_waits_for_an_adapter_that_hangs(
    small_office: Office, monkeypatch: pytest.MonkeyPatch
):
    done: list[int] = []

    def ping(_built: object) -> str:
        while not done:
            time.sleep(0.01)
        return "At last."

    Answers(monkeypatch, ping)
    monkeypatch.setattr(adapters, "PATIENCE", 0.05)
    ada = small_office.logged_in()
    ada.post(f"{ADAPTERS}/log/ping")
    assert "No answer within" in told(ada, ADAPTERS)
    ada.post(f"{ADAPTERS}/log/ping")
    assert "It still owes an answer" in told(ada, ADAPTERS)
    done.append(1)
    for _ in range(200):
        if "log" not in adapters._asking:
            break
        time.sleep(0.01)
    monkeypatch.setattr(adapters, "PATIENCE", 5.0)
    ada.post(f"{ADAPTERS}/log/ping")
    assert "At last." in told(ada, ADAPTERS)
