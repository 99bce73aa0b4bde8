"""What every notifier must do, as tests. Subclass it in the tests of your adapter:

class TestMyNotifier(NotifierContract):
    adapter = ADAPTER

    @pytest.fixture
    def notifier(self):
        return ADAPTER.open({"token": "test"})
"""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from purvey.adapters import Adapter
from purvey.ports.notifier import Bounced, Notice, Notifier, Sent
from purvey.ports.trouble import Trouble


class NotifierContract:
    adapter: Adapter[Any, Any]
    address = "ann@example.com"  # somebody who can be reached
    wrong_address = ""  # one that is refused at once; empty where none is

    @pytest.fixture
    def notifier(self) -> Notifier:
        raise NotImplementedError("Give the notifier as a fixture of this name.")

    def notice(self) -> Notice:
        return Notice(
            key=f"contract:{uuid4().hex}",
            to=self.address,
            subject="Your order 1001",
            text="Thank you.\n",
            html="<p>Thank you.</p>",
        )

    def test_it_says_what_it_is(self, notifier: Notifier) -> None:
        assert self.adapter.port == "notifier"
        assert self.adapter.ping(notifier).endswith(".")

    def test_nothing_to_send_is_no_trouble(self, notifier: Notifier) -> None:
        assert notifier.send([]) == []

    def test_a_notice_is_sent(self, notifier: Notifier) -> None:
        assert notifier.send([self.notice()]) == [Sent()]

    def test_many_are_sent_at_once_and_each_has_its_outcome(self, notifier: Notifier) -> None:
        assert notifier.send([self.notice() for _ in range(25)]) == [Sent()] * 25

    def test_the_same_notice_may_be_sent_again(self, notifier: Notifier) -> None:
        notice = self.notice()
        assert notifier.send([notice]) == notifier.send([notice]) == [Sent()]

    def test_any_letters_may_be_written(self, notifier: Notifier) -> None:
        subject = "Zoë's Bestellung № 1001 — 注文 🎁 " * 5
        notice = replace(self.notice(), subject=subject, text=subject, html=f"<p>{subject}</p>")
        assert notifier.send([notice]) == [Sent()]

    def test_a_wrong_address_harms_nobody_else(self, notifier: Notifier) -> None:
        if not self.wrong_address:
            pytest.skip(f"{self.adapter.name} refuses no address")
        good, bad = self.notice(), replace(self.notice(), to=self.wrong_address)
        outcomes = notifier.send([good, bad, good])
        assert outcomes[0] == outcomes[2] == Sent()
        assert isinstance(outcomes[1], Bounced)

    def test_nobody_smuggles_in_another_recipient(self, notifier: Notifier) -> None:
        smuggled = f"{self.address}\r\nBcc: eve@example.com"
        notices = [
            replace(self.notice(), subject=smuggled),
            replace(self.notice(), to=smuggled),
        ]
        for outcome in notifier.send(notices):
            assert isinstance(outcome, Sent | Bounced | Trouble)
