"""What a mail server's "no" means: about whom it is, and for how long (RFC 5321, section 4.2)."""

from purvey.ports.notifier import Bounced
from purvey.ports.trouble import GiveUp, TryLater

REFUSED = 400
SHUTTING_DOWN = 421
FOR_GOOD = 500
NOT_ABOUT_THE_RECIPIENT = frozenset({503, 530})  # bad sequence of commands, login needed


def about_the_sender(code: int, words: str) -> TryLater | GiveUp:
    sentence = f"The mail server says: {code} {words}"
    return TryLater(sentence) if code < FOR_GOOD else GiveUp(sentence)


def about_the_recipient(code: int, words: str) -> Bounced | TryLater | GiveUp:
    if code < FOR_GOOD or code in NOT_ABOUT_THE_RECIPIENT:
        return about_the_sender(code, words)
    return Bounced(reason=f"The mail server says: {code} {words}")


def words_of(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said
