"""The sandbox gateway misbehaves as its tokens say, and its books stay right."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from purvey.adapters import sandbox_gateway
from purvey.adapters.sandbox_gateway.books import PAGE, Charge
from purvey.adapters.sandbox_gateway.gateway import SandboxGateway
from purvey.adapters.sandbox_gateway.settings import Settings
from purvey.adapters.sandbox_gateway.tokens import TOKENS
from purvey.ports.payment import Authorised, Declined, Moved, NeedsCustomer, NotFound
from purvey.ports.trouble import GiveUp, Trouble, TryLater, Unknown


@pytest.fixture
def naps() -> list[float]:
    return []


@pytest.fixture
def gateway(tmp_path: Path, naps: list[float]) -> Iterator[SandboxGateway]:
    gateway = SandboxGateway(Settings(path=tmp_path / "books.db"), sleep=naps.append)
    yield gateway
    gateway.close()


def pay(
    gateway: SandboxGateway, token: str, *, key: str = "k1", amount: int = 1925
) -> Authorised | Declined | NeedsCustomer:
    return gateway.authorise(
        key=key, payment_id=f"pay_{key}", amount=amount, currency="GBP", token=token
    )


def held(gateway: SandboxGateway, token: str = "tok_ok") -> str:
    answer = pay(gateway, token)
    assert isinstance(answer, Authorised)
    return answer.reference


def only_charge(gateway: SandboxGateway) -> Charge:
    (charge,) = gateway.books()
    return charge


def figures(charge: Charge) -> tuple[int, int, int, int, int]:
    return (
        charge.charges,
        charge.authorised,
        charge.captured,
        charge.refunded,
        charge.voided,
    )


def test_a_word_that_is_no_token_is_a_card_that_cannot_be_read(gateway: SandboxGateway) -> None:
    answer = pay(gateway, "4242 4242 4242 4242")
    assert isinstance(answer, Declined)
    assert "could not be read" in answer.reason


def test_a_time_out_before_anything_happened_books_nothing(gateway: SandboxGateway) -> None:
    with pytest.raises(Unknown):
        pay(gateway, "tok_timeout_before")
    assert gateway.find(key="k1") == NotFound()
    assert [*gateway.books()] == []
    assert isinstance(pay(gateway, "tok_timeout_before"), Authorised)
    assert figures(only_charge(gateway)) == (1, 1925, 0, 0, 0)


def test_a_time_out_after_the_charge_charges_once(gateway: SandboxGateway) -> None:
    with pytest.raises(Unknown):
        pay(gateway, "tok_timeout_after")
    assert figures(only_charge(gateway)) == (1, 1925, 0, 0, 0)
    assert gateway.find(key="k1") == pay(gateway, "tok_timeout_after")
    assert figures(only_charge(gateway)) == (1, 1925, 0, 0, 0)


def test_another_key_for_the_same_payment_shows_as_a_second_charge(
    gateway: SandboxGateway,
) -> None:
    for key in ("k1", "k2"):
        gateway.authorise(key=key, payment_id="pay_1", amount=100, currency="GBP", token="tok_ok")
    charge = only_charge(gateway)
    assert (charge.charges, charge.authorised, charge.key) == (2, 200, "k2")


def test_the_later_steps_can_lose_their_answers_too(gateway: SandboxGateway) -> None:
    reference = held(gateway, "tok_capture_timeout_after")
    with pytest.raises(Unknown):
        gateway.capture(key="c1", reference=reference, amount=1925)
    assert isinstance(gateway.find(key="c1"), Moved)
    assert figures(only_charge(gateway)) == (1, 1925, 1925, 0, 0)


def test_a_lost_refund_gives_back_once(gateway: SandboxGateway) -> None:
    reference = held(gateway, "tok_refund_timeout_after")
    gateway.capture(key="c1", reference=reference, amount=1925)
    with pytest.raises(Unknown):
        gateway.give_back(key="r1", reference=reference, amount=925)
    assert gateway.give_back(key="r1", reference=reference, amount=925) == gateway.find(key="r1")
    assert figures(only_charge(gateway)) == (1, 1925, 1925, 925, 0)


def test_a_lost_void_lets_go_once(gateway: SandboxGateway) -> None:
    reference = held(gateway, "tok_void_timeout_after")
    with pytest.raises(Unknown):
        gateway.void(key="v1", reference=reference)
    assert isinstance(gateway.void(key="v1", reference=reference), Moved)
    assert figures(only_charge(gateway)) == (1, 1925, 0, 0, 1925)


@pytest.mark.parametrize("token", ["tok_capture_declined", "tok_refund_declined"])
def test_a_later_step_can_be_declined(gateway: SandboxGateway, token: str) -> None:
    reference = held(gateway, token)
    answers = [
        gateway.capture(key="c1", reference=reference, amount=1925),
        gateway.give_back(key="r1", reference=reference, amount=1925),
    ]
    refused = answers["refund" in token]
    assert isinstance(refused, Declined)
    assert gateway.find(key="r1" if "refund" in token else "c1") == refused


def test_what_is_left_after_a_part_capture_is_let_go(gateway: SandboxGateway) -> None:
    reference = held(gateway)
    gateway.capture(key="c1", reference=reference, amount=1000)
    assert gateway.void(key="v1", reference=reference) == Moved(
        reference=gateway_movement(gateway, 3), amount=925
    )
    assert figures(only_charge(gateway)) == (1, 1925, 1000, 0, 925)


def gateway_movement(gateway: SandboxGateway, no: int) -> str:
    return f"mv_{only_charge(gateway).reference.split('_')[1]}_{no}"


def test_a_busy_gateway_works_at_the_second_call(gateway: SandboxGateway) -> None:
    with pytest.raises(TryLater):
        pay(gateway, "tok_busy")
    assert isinstance(pay(gateway, "tok_busy"), Authorised)


def test_an_unsupported_card_never_works(gateway: SandboxGateway) -> None:
    for _ in range(2):
        with pytest.raises(GiveUp):
            pay(gateway, "tok_unsupported")
    assert [*gateway.books()] == []


def test_a_slow_gateway_takes_its_two_seconds(gateway: SandboxGateway, naps: list[float]) -> None:
    assert isinstance(pay(gateway, "tok_slow"), Authorised)
    assert naps == [2.0]


@pytest.mark.parametrize("amount", [0, -1])
def test_nothing_and_less_than_nothing_cannot_be_paid(gateway: SandboxGateway, amount: int) -> None:
    with pytest.raises(GiveUp):
        pay(gateway, "tok_ok", amount=amount)


def test_the_same_key_with_another_amount_is_refused(gateway: SandboxGateway) -> None:
    pay(gateway, "tok_ok", amount=100)
    with pytest.raises(GiveUp, match="another call"):
        pay(gateway, "tok_ok", amount=200)
    assert figures(only_charge(gateway)) == (1, 100, 0, 0, 0)


def test_the_customer_says_yes(gateway: SandboxGateway) -> None:
    asked = pay(gateway, "tok_needs_customer")
    assert isinstance(asked, NeedsCustomer)
    assert asked.reference in asked.url
    assert figures(only_charge(gateway)) == (0, 0, 0, 0, 0)
    yes = gateway.confirm(reference=asked.reference)
    assert yes == Authorised(reference=asked.reference, amount=1925) == gateway.find(key="k1")
    assert gateway.confirm(reference=asked.reference) == yes
    assert isinstance(gateway.capture(key="c1", reference=asked.reference, amount=1925), Moved)


def test_the_customer_says_no_and_cannot_take_it_back(gateway: SandboxGateway) -> None:
    asked = pay(gateway, "tok_needs_customer")
    assert isinstance(asked, NeedsCustomer)
    assert isinstance(gateway.reject(reference=asked.reference), Declined)
    assert isinstance(gateway.confirm(reference=asked.reference), Declined)
    assert figures(only_charge(gateway)) == (0, 0, 0, 0, 0)


def test_a_payment_that_waits_for_the_customer_is_called_off(gateway: SandboxGateway) -> None:
    asked = pay(gateway, "tok_needs_customer")
    assert isinstance(asked, NeedsCustomer)
    assert isinstance(gateway.void(key="v1", reference=asked.reference), Moved)
    assert isinstance(gateway.confirm(reference=asked.reference), Declined)
    assert isinstance(gateway.find(key="k1"), Declined)


def test_a_reference_of_other_books_is_not_mistaken(
    gateway: SandboxGateway, tmp_path: Path
) -> None:
    other = SandboxGateway(Settings(path=tmp_path / "other.db"))
    reference = held(other)
    other.close()
    held(gateway)
    with pytest.raises(GiveUp, match=reference):
        gateway.void(key="v1", reference=reference)


def test_the_books_outlive_the_process(gateway: SandboxGateway, tmp_path: Path) -> None:
    answer = pay(gateway, "tok_ok")
    gateway.close()
    again = SandboxGateway(Settings(path=tmp_path / "books.db"))
    assert again.find(key="k1") == answer
    again.close()


def test_all_books_are_read_page_by_page(gateway: SandboxGateway) -> None:
    count = 2 * PAGE + 1
    for no in range(count):
        pay(gateway, "tok_ok", key=f"k{no:05}")
    charges = [*gateway.books()]
    assert [charge.key for charge in charges] == [f"k{no:05}" for no in range(count)]
    assert {figures(charge) for charge in charges} == {(1, 1925, 0, 0, 0)}


def test_many_threads_capture_no_more_than_is_held(gateway: SandboxGateway) -> None:
    reference = held(gateway)
    with ThreadPoolExecutor(8) as threads:
        answers = [
            *threads.map(
                lambda no: gateway.capture(key=f"c{no}", reference=reference, amount=100),
                range(40),
            )
        ]
    assert sum(isinstance(answer, Moved) for answer in answers) == 19
    assert figures(only_charge(gateway)) == (1, 1925, 1900, 0, 0)


PROCESS = """
import sys
from purvey.adapters import find
gateway = find("sandbox").open({"path": sys.argv[1]})
for no in range(100):
    gateway.authorise(
        key=f"k{no}", payment_id=f"pay_{no:03}", amount=100, currency="GBP", token="tok_ok"
    )
    gateway.authorise(
        key=f"{sys.argv[2]}-{no}", payment_id=f"own_{sys.argv[2]}_{no}", amount=1,
        currency="GBP", token="tok_ok",
    )
gateway.close()
"""


def test_many_processes_open_new_books_at_once_and_charge_once(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    processes = [
        subprocess.Popen([sys.executable, "-c", PROCESS, str(path), str(no)]) for no in range(6)
    ]
    assert [process.wait() for process in processes] == [0] * 6
    gateway = SandboxGateway(Settings(path=path))
    charges = [*gateway.books()]
    gateway.close()
    assert len(charges) == 100 + 600
    assert {charge.charges for charge in charges} == {1}


KILLED = """
import sys
from purvey.adapters import find
gateway = find("sandbox").open({"path": sys.argv[1]})
for no in range(10**9):
    gateway.authorise(
        key=f"k{no}", payment_id=f"pay_{no}", amount=100, currency="GBP", token="tok_ok"
    )
    print(f"k{no}", flush=True)
"""


@pytest.mark.fault
def test_what_was_answered_is_in_the_books_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        answered = [process.stdout.readline().strip() for _ in range(500)]
        process.kill()
    gateway = SandboxGateway(Settings(path=path))
    assert [key for key in answered if gateway.find(key=key) == NotFound()] == []
    gateway.close()


def test_a_file_that_others_never_let_go_of_is_trouble_not_a_crash(
    gateway: SandboxGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("purvey.adapters.sandbox_gateway.file.BUSY_SECONDS", 0.05)
    held(gateway)
    gateway.close()
    with closing(sqlite3.connect(tmp_path / "books.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(TryLater):
            pay(gateway, "tok_ok", key="k2")


def test_a_folder_that_is_not_there_is_trouble(tmp_path: Path) -> None:
    gateway = SandboxGateway(Settings(path=tmp_path / "nowhere" / "books.db"))
    with pytest.raises(Trouble, match="nowhere"):
        gateway.ping()


def test_every_token_is_explained() -> None:
    text = Path(sandbox_gateway.__file__).with_name("README.md").read_text()
    assert [token for token in TOKENS if f"`{token}`" not in text] == []
