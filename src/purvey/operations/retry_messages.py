"""Try again what the worker gave up, once the cause is mended."""

from collections.abc import Sequence

from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.people import note
from purvey.ports.storage import Transaction

GAVE_UP = "gave_up"


def retry_messages(tx: Transaction, keys: Sequence[str], *, act: Act) -> list[str | Refusal]:
    """Answers each key whose message is due again now; the journal says who wanted it."""
    states = tx.messages.states(set(keys))
    answers = [_answer(key, states.get(key)) for key in keys]
    again = sorted({answer for answer in answers if isinstance(answer, str)})
    tx.messages.reopen(again, act.now)
    tx.people.note([note(act, key, deed="tried message again") for key in again])
    return answers


def _answer(key: str, state: str | None) -> str | Refusal:
    if state is None:
        return Refusal("not_found", "There is no such message.")
    if state != GAVE_UP:
        sentence = f"This message is {state}; only one that was given up can be tried again."
        return Refusal("not_given_up", sentence)
    return key
