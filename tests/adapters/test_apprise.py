"""Short messages through Apprise: to a phone or a channel, at most once, secrets kept."""

import json
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest

from purvey.adapters import BadSettings, find
from purvey.adapters.apprise.notifier import AppriseNotifier, short
from purvey.ports.notifier import Bounced, Notice, Sent
from purvey.ports.trouble import GiveUp
from tests.servers.receiver import Receiver, Says

NOTICE = Notice(
    key="ord_1:notify.shipped",
    to="ann@example.com",
    phone="+44 20 7946 0958",
    subject="Your order 1001 is on its way",
    text="Hello Ann,\n\n  it left today.\n",
    html="<p>Hello</p>",
)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        yield server


def address(receiver: Receiver, path: str) -> str:
    return f"json://shop:hunter2@127.0.0.1:{receiver.port}/{path}"


def notifier(*urls: str, **more: object) -> AppriseNotifier:
    built: AppriseNotifier = find("apprise").open({"urls": " ".join(urls), **more})
    return built


def test_the_short_text_goes_to_the_customers_phone_and_the_shops_channel(receiver: Receiver):
    urls = address(receiver, "sms/{phone}"), address(receiver, "channel")
    assert notifier(*urls).send([NOTICE]) == [Sent()]
    assert sorted(got.path for got in receiver.got) == ["/channel", "/sms/+442079460958"]
    said = json.loads(receiver.got[0].body)["message"]
    assert said == "Your order 1001 is on its way\nHello Ann,\nit left today."


def test_without_a_phone_number_only_the_channel_is_told(receiver: Receiver):
    nobody = replace(NOTICE, phone="")
    urls = address(receiver, "sms/{phone}"), address(receiver, "channel")
    assert notifier(*urls).send([nobody]) == [Sent()]
    assert [got.path for got in receiver.got] == ["/channel"]
    [outcome] = notifier(urls[0]).send([nobody])
    assert isinstance(outcome, Bounced)


def test_a_message_that_one_of_them_took_is_sent_and_goes_nowhere_again(receiver: Receiver):
    receiver.answers = [Says(500), Says(200)]
    told = notifier(address(receiver, "a"), address(receiver, "b"))
    assert told.send([NOTICE]) == [Sent()]
    assert told.send([NOTICE, NOTICE]) == [Sent(), Sent()]
    assert len(receiver.got) == 2


def test_what_nobody_took_waits_for_a_person(receiver: Receiver):
    receiver.answers = [Says(503)]
    told = notifier(address(receiver, "a"))
    [outcome] = told.send([NOTICE])
    assert isinstance(outcome, GiveUp)
    assert "may have arrived" in str(outcome)
    receiver.answers = [Says(200)]
    assert told.send([NOTICE]) == [Sent()]  # the person said: try again


def test_secrets_are_in_no_log_and_no_error(receiver: Receiver, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    receiver.answers = [Says(401)]
    told = notifier(address(receiver, "a"))
    [outcome] = told.send([NOTICE])
    wrong = notifier("nonsense://hunter2@host")
    with pytest.raises(GiveUp) as trouble:
        wrong.ping()
    [other] = wrong.send([NOTICE])
    seen = (caplog.text, str(outcome), str(other), str(trouble.value), told.ping(), repr(told))
    assert "hunter2" not in " ".join(seen)


def test_settings_that_do_not_fit_are_refused_without_showing_them():
    for urls in ("", "hunter2"):
        with pytest.raises(BadSettings) as error:
            notifier(urls)
        assert "hunter2" not in str(error.value)


def test_a_long_text_is_cut():
    cut = short(replace(NOTICE, text="word " * 500), 100)
    assert len(cut) <= 100
    assert cut.endswith("…")
