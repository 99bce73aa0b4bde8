"""Settings are read strictly: what cannot be, or is not there, ends the start with a remedy."""

from pathlib import Path

import pytest

from purvey.config import BadSetting, Settings, defaults, read_settings
from purvey.setting_parts import gateways_of

NO_FILE = Path("/nowhere/purvey.toml")


def read(**environment: str) -> Settings:
    return read_settings(environment, file=NO_FILE)


def test_what_is_not_given_is_the_default():
    assert read() == Settings()


def test_the_environment_wins_over_the_file(tmp_path: Path):
    file = tmp_path / "purvey.toml"
    file.write_text('shop_name = "Tea & Co"\nport = 9000\n')
    settings = read_settings({"PURVEY_PORT": "9001"}, file=file)
    assert (settings.shop_name, settings.port) == ("Tea & Co", 9001)
    assert read_settings({"PURVEY_PORT": "9001"}, file=file, port=9002).port == 9002


@pytest.mark.parametrize(
    ("name", "text", "remedy"),
    [
        ("PURVEY_BATCH_LIMIT", "0", "write a number from 1 to 1,000, not 0"),
        ("PURVEY_PORT", "99999", "write a number from 0 to 65,535"),
        ("PURVEY_WORKER_METRICS_PORT", "-1", "write a number from 0 to 65,535"),
        ("PURVEY_SMTP_PORT", "70000", "write a number from 1 to 65,535"),
        ("PURVEY_RETRY_SECONDS", "-1", "write a number from 0 to 3,600"),
        ("PURVEY_RETRY_SECONDS", "nan", "write a number from 0 to 3,600"),
        ("PURVEY_QUANTITY_LIMIT", "-5", "write a number from 0"),
        ("PURVEY_INBOX_DAYS", "0", "write a number from 1 to 3,650"),
        ("PURVEY_PORT", "http", "write a whole number"),
        ("PURVEY_LOG_LEVEL", "loud", "write one of debug, info, warning, error"),
        ("PURVEY_SHORT_STOCK", "maybe", "write one of backorder, refuse, hold"),
        ("PURVEY_BATCH_LIMTI", "5", "do you mean PURVEY_BATCH_LIMIT?"),
        ("PURVEY_ADAPTERS__STRIPE", "x", "write PURVEY_ADAPTERS__NAME__SETTING"),
        ("PURVEY_ADAPTERS", "x", "there is no such setting"),
    ],
)
def test_what_cannot_be_is_refused(name: str, text: str, remedy: str):
    with pytest.raises(BadSetting, match=name) as refused:
        read(**{name: text})
    assert remedy in str(refused.value)


def test_an_unknown_name_in_the_file(tmp_path: Path):
    file = tmp_path / "purvey.toml"
    file.write_text('shop_nam = "Tea & Co"\n')
    with pytest.raises(BadSetting, match="do you mean shop_name"):
        read_settings({}, file=file)


def test_adapters_have_sections_and_variables(tmp_path: Path):
    file = tmp_path / "purvey.toml"
    file.write_text('[adapters.stripe]\napi_key = "sk_file"\nversion = 3\n')
    settings = read_settings({"PURVEY_ADAPTERS__STRIPE__API_KEY": "sk_env"}, file=file)
    assert settings.adapters == {"stripe": {"api_key": "sk_env", "version": 3}}
    assert "sk_env" not in repr(settings)


@pytest.mark.parametrize("wrong", ["nobody", "smtp"])
def test_only_gateways_that_there_are(wrong: str):
    with pytest.raises(ValueError, match=wrong):
        gateways_of(Settings(gateways=f"sandbox, {wrong}"))


def test_gateways_are_listed_with_commas():
    assert gateways_of(Settings(gateways=" sandbox ,")) == {"sandbox"}
    assert gateways_of(Settings(gateways="")) == frozenset()


def test_every_number_has_bounds():
    """A thousand million threads, days or seconds are a typing error, whatever the setting."""
    numbers = [name for name, value in defaults().items() if isinstance(value, int | float)]
    assert len(numbers) > 20
    for name in numbers:
        for text in ("-1", "1000000000"):
            with pytest.raises(BadSetting, match=f"PURVEY_{name.upper()}: write a number from"):
                read(**{f"PURVEY_{name.upper()}": text})
