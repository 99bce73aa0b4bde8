"""How each token of the sandbox behaves: by data, so that demos and tests need no mocks."""

from dataclasses import dataclass
from enum import Enum

from purvey.ports.trouble import GiveUp, Trouble, TryLater, Unknown


class Verdict(Enum):
    AUTHORISE = "authorised"
    DECLINE = "declined"
    ASK_CUSTOMER = "waiting"


class Posting(Enum):
    """When the webhook about an authorisation can be fetched."""

    AFTER = "with the answer"
    FIRST = "before the answer"
    LATE = "after the webhook of what follows: a capture, a void"


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    verdict: Verdict = Verdict.AUTHORISE
    reason: str | None = None
    slow: bool = False
    at_first: type[Trouble] | None = None  # raised at a key's first call, and nothing happens
    always: type[Trouble] | None = None  # raised at every call, and nothing happens
    loses_answer_of: str = ""  # authorise, capture, void or refund: done, then Unknown, once
    refuses: str = ""  # capture, void or refund
    posting: Posting = Posting.AFTER
    posts: int = 1  # how often each webhook comes


TOKENS = {
    "tok_ok": Habit(),
    "tok_declined": Habit(
        verdict=Verdict.DECLINE, reason="Your bank declined the payment. Please use another card."
    ),
    "tok_insufficient_funds": Habit(
        verdict=Verdict.DECLINE, reason="There is not enough money on the account."
    ),
    "tok_needs_customer": Habit(verdict=Verdict.ASK_CUSTOMER),
    "tok_slow": Habit(slow=True),
    "tok_busy": Habit(at_first=TryLater),
    "tok_unsupported": Habit(always=GiveUp),
    "tok_timeout_before": Habit(at_first=Unknown),
    "tok_timeout_after": Habit(loses_answer_of="authorise"),
    "tok_capture_timeout_after": Habit(loses_answer_of="capture"),
    "tok_void_timeout_after": Habit(loses_answer_of="void"),
    "tok_refund_timeout_after": Habit(loses_answer_of="refund"),
    "tok_capture_declined": Habit(
        refuses="capture", reason="The bank has let go of the money that it held."
    ),
    "tok_refund_declined": Habit(refuses="refund", reason="The card has been closed."),
    "tok_webhook_first": Habit(posting=Posting.FIRST),
    "tok_webhook_late": Habit(posting=Posting.LATE),
    "tok_webhook_twice": Habit(posts=2),
}

_UNKNOWN_TOKEN = Habit(
    verdict=Verdict.DECLINE, reason="The card could not be read. Please enter it again."
)


def habit_of(token: str) -> Habit:
    return TOKENS.get(token, _UNKNOWN_TOKEN)
