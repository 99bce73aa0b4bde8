"""Settings > Shop and Adapters: what is set, from where, without secrets; pings that really ask."""

import html
import re
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx2
import pytest

from purvey.adapters import find
from purvey.config import Settings, defaults, read_settings
from purvey.kit.process import Refusal
from purvey.operations.change_settings import CHANGEABLE, NewSetting, change_settings
from purvey.ports.trouble import TryLater
from purvey.storage.database import assert_no_transaction
from purvey.testing import Clock, Shop
from purvey.web.office import adapters
from purvey.web.office.setting_words import masked, shown_settings
from purvey.wiring import House
from tests.office.conftest import Browser, Office
from tests.servers.databases import TestDatabase

SHOP, ADAPTERS = "/settings/shop", "/settings/adapters"


def told(browser: Browser, path: str) -> str:
    return html.unescape(browser.get(path).text)


def test_every_setting_is_shown_once_with_its_meaning():
    chapters = shown_settings(Settings())
    names = [one.name for _, settings in chapters for one in settings]
    assert sorted(names) == sorted(set(defaults()) - {"adapters"}) and set(names) > CHANGEABLE
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


class TestChanging:
    def change(self, browser: Browser, name: str, value: str, **fields: str) -> httpx2.Response:
        return browser.post(f"{SHOP}/{name}", value=value, **fields)

    def test_it_counts_at_once_and_the_journal_says_who(self, small_office: Office, clock: Clock):
        ada, shop = small_office.logged_in("Ada"), Shop(small_office.house, clock)
        shop.stock(9, "A", price=500)
        assert f'href="{SHOP}/amount_limit"' in told(ada, SHOP)
        assert "The default is 5000.00." in told(ada, f"{SHOP}/amount_limit")
        assert not shop.order((1, "A")).open_holds
        assert self.change(ada, "amount_limit", " 5.00 ").status_code == 303
        assert shop.order((1, "A")).open_holds  # delivery comes on top
        assert re.search(r"amount_limit.*?>5.00<.*?>changed here<", told(ada, SHOP), re.DOTALL)
        note = shop.rows("select actor, deed, subject, detail from journal order by id desc")[0]
        assert tuple(note) == ("Ada", "changed setting", "amount_limit", "the default to 5.00")

    def test_it_can_be_taken_back(self, small_office: Office):
        ada, house = small_office.logged_in(), small_office.house
        self.change(ada, "shop_name", "Tea & Co")
        assert house.settings.shop_name == "Tea & Co" and "Tea & Co" in told(ada, "/")
        assert "Back to the default" in told(ada, f"{SHOP}/shop_name")
        self.change(ada, "shop_name", "", changed="1", was="Tea & Co", reset="1")
        assert house.settings.shop_name == "My shop" and ">changed here<" not in told(ada, SHOP)

    def test_what_somebody_else_changed_is_not_overwritten(self, small_office: Office):
        ada, house = small_office.logged_in(), small_office.house
        self.change(ada, "return_days", "60")
        late = self.change(ada, "return_days", "90")  # its page showed the default
        assert late.status_code == 422 and "Somebody else" in late.text
        assert "It is now 60. Save again to overwrite that." in late.text
        assert house.settings.return_days == house.policies.return_days == 60

    @pytest.mark.parametrize(
        ("name", "value", "sentence"),
        [
            ("hold_hours", "soon", "Write a whole number."),
            ("hold_hours", "-1", "Write a number from 0 to 8,760, not -1."),
            ("hold_hours", "", "Write a whole number."),
            ("price_differs", "maybe", "Write one of take, hold, refuse."),
            ("language", "pt", "Write one of en, de, fr, es."),
            ("time_zone", "Mars", 'Write a name such as "Europe/Berlin".'),
            ("quiet_hours", "22-25", "An hour is a number from 0 to 23."),
            ("amount_limit", "1.234", "2 decimals"),
            ("shop_name", "x" * 501, "at most 500 characters"),
            ("shop_name", "a\nb", "Write one line"),
            ("shop_name", "Tea\u00a0Co", "signs that cannot be seen"),
            ("shop_name", "", "It needs a value."),
            ("return_instructions", "a\tb", "without tabs"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, small_office: Office, name: str, value: str, sentence: str
    ):
        ada, before = small_office.logged_in(), small_office.house.settings
        answer = self.change(ada, name, value)
        assert answer.status_code == 422 and sentence in html.unescape(answer.text)
        small_office.house.refresh()
        assert small_office.house.settings == before

    @pytest.mark.parametrize(
        "name", ["smtp_password", "public_url", "gateways", "refund_approval_above", "nothing"]
    )
    def test_what_is_not_the_pages_is_not_there(self, small_office: Office, name: str):
        ada = small_office.logged_in()
        assert ada.get(f"{SHOP}/{name}").status_code == 404
        assert self.change(ada, name, "x").status_code == 404

    def test_an_address_of_several_lines_is_changed_again_and_taken_back(
        self, small_office: Office
    ):
        ada, house = small_office.logged_in(), small_office.house
        self.change(ada, "return_instructions", "Tea & Co\r\n2 Mill Lane")
        assert house.policies.return_instructions == "Tea & Co\n2 Mill Lane"
        was = {"changed": "1", "was": "Tea & Co\r\n2 Mill Lane"}  # as browsers send it
        self.change(ada, "return_instructions", "Tea & Co\r\n3 Mill Lane", **was)
        assert house.policies.return_instructions == "Tea & Co\n3 Mill Lane"
        was["was"] = "Tea & Co\r\n3 Mill Lane"
        self.change(ada, "return_instructions", "", reset="1", **was)
        assert house.policies.return_instructions == ""

    def test_only_administrators_may(self, small_office: Office):
        mia = small_office.logged_in("Mia", role="manager")
        assert self.change(mia, "return_days", "60").status_code == 403

    def test_what_the_file_says_stands_above(self, new_database: Callable[..., TestDatabase]):
        url = new_database("sqlite").url
        given = read_settings({"PURVEY_RETURN_DAYS": "14", "PURVEY_DATABASE_URL": url})
        with closing(House(given)) as house:
            wishes = [
                NewSetting(name=name, value="60", was=None)
                for name in ("return_days", "hold_hours", "smtp_port")
            ]
            answers = house.do(change_settings, wishes, actor="Ada")
            assert isinstance(answers[2], Refusal) and answers[2].code == "not_changeable"
            house.refresh()
            assert (house.policies.return_days, house.policies.hold_hours) == (14, 60)
            assert house.settings.smtp_port == 587


def test_another_process_follows_and_what_cannot_be_is_left_out(
    database: TestDatabase, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("purvey.wiring.REFRESH_SECONDS", 0.05)
    with (
        closing(House(Settings(database_url=database.url))) as ours,
        closing(House(Settings(database_url=database.url))) as theirs,
    ):
        theirs.keep_fresh()
        wish = NewSetting(name="quiet_hours", value="22-7", was=None)
        ours.do(change_settings, [wish], actor="Ada")
        wait_until(lambda: theirs.quiet_hours.start == 22)
        wishes = [
            NewSetting(name="quiet_hours", value="of an older purvey", was="22-7"),
            NewSetting(name="return_days", value="60", was=None),
        ]
        ours.do(change_settings, wishes, actor="Ada")
        ours.refresh()
        assert ours.settings.quiet_hours == "" and ours.policies.return_days == 60
        shown = shown_settings(ours.settings, {"quiet_hours": "of an older purvey"})
        [hours] = [one for _, found in shown for one in found if one.name == "quiet_hours"]
        assert hours.origin == "changed here, but it cannot be"


def test_of_two_who_save_at_once_one_is_told(database: TestDatabase):
    with closing(House(Settings(database_url=database.url))) as house:
        start, answers = threading.Barrier(4), list[object]()

        def save(days: int) -> None:
            wish = NewSetting(name="return_days", value=str(days), was=None)
            start.wait()
            answers.extend(house.do(change_settings, [wish], actor="Ada"))

        threads = [threading.Thread(target=save, args=(days,)) for days in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(type(answer).__name__ for answer in answers) == [
            "NewSetting",
            *["Refusal"] * 3,
        ]


def wait_until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


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
