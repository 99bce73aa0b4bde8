"""Our notifiers keep the contract."""

from collections.abc import Iterator

import pytest

from purvey.adapters import find
from purvey.adapters.apprise.notifier import AppriseNotifier
from purvey.adapters.log_notifier import LogNotifier
from purvey.adapters.smtp.notifier import SmtpNotifier
from purvey.ports.notifier import Notifier
from purvey.testing.notifier_contract import NotifierContract
from tests.servers.receiver import Receiver
from tests.servers.smtp import MailServer


class TestSmtp(NotifierContract):
    adapter = find("smtp")
    wrong_address = "nobody at all"

    @pytest.fixture
    def notifier(self, mail_server: MailServer) -> Notifier:
        place = {"host": mail_server.host, "port": mail_server.port, "security": "none"}
        notifier: SmtpNotifier = self.adapter.open(place)
        return notifier


class TestLog(NotifierContract):
    adapter = find("log")

    @pytest.fixture
    def notifier(self) -> Notifier:
        notifier: LogNotifier = self.adapter.open({})
        return notifier


class TestApprise(NotifierContract):
    adapter = find("apprise")

    @pytest.fixture
    def notifier(self) -> Iterator[Notifier]:
        with Receiver() as receiver:
            urls = f"json://127.0.0.1:{receiver.port}/shop"
            notifier: AppriseNotifier = self.adapter.open({"urls": urls})
            yield notifier
