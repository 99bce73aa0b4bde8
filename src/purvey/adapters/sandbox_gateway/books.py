"""What the sandbox was asked, what it holds, and which webhooks nobody has fetched yet.

A webhook is no record of its own: it is a view of a call whose `posts` is not used up, so what was
done and what is told about it cannot differ.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from purvey.adapters.sandbox_gateway.file import BookFile
from purvey.adapters.sandbox_gateway.rules import Account, Movement
from purvey.adapters.sandbox_gateway.tokens import Habit, Posting, Verdict

PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """What is held against one `payment_id`. More than one of `charges` is one too many."""

    payment_id: str
    key: str  # of the newest charge, as is the reference
    reference: str
    currency: str
    authorised: int
    captured: int
    refunded: int
    voided: int
    charges: int  # how often money was held


@dataclass(frozen=True, slots=True)
class Call:
    """One call and its answer.

    `outcome`: authorised, declined, waiting, captured, voided, refunded; refused moves nothing.
    """

    no: int
    key: str
    asked: str
    account: int
    outcome: str
    amount: int
    reason: str | None
    at: int


class Books:
    def __init__(self, *, path: Path):
        self.file = BookFile(path=path)

    def writing(self) -> AbstractContextManager[None]:
        return self.file.writing()

    def first_attempt(self, key: str) -> bool:
        """True once for each key, in whichever process."""
        with self.writing():
            new = self.file.run("INSERT OR IGNORE INTO attempts VALUES (?)", (key,))
            return new.rowcount == 1

    def call(self, key: str) -> Call | None:
        rows = self.file.rows(_CALL_BY_KEY, (key,))
        return Call(*rows[0]) if rows else None

    def account(self, no: int) -> Account | None:
        rows = self.file.rows(_ACCOUNT, (no,))
        return Account(*rows[0]) if rows else None

    def account_of(self, reference: str) -> Account | None:
        """None when the reference is from other books, or none at all."""
        number = reference.removeprefix(f"ch_{self.file.tag}_")
        return self.account(int(number)) if number.isascii() and number.isdecimal() else None

    def reference(self, no: int) -> str:
        return f"ch_{self.file.tag}_{no}"

    def add_account(
        self, *, key: str, payment_id: str, amount: int, currency: str, token: str, habit: Habit
    ) -> int:
        state, authorised = _OPENING[habit.verdict]
        values = (payment_id, key, token, currency, state, amount, amount if authorised else 0)
        return self.file.run(_ADD_ACCOUNT, values).lastrowid or 0

    def add_call(
        self,
        *,
        key: str,
        asked: str,
        account: int,
        outcome: str,
        amount: int,
        reason: str | None,
        at: int,
        posts: int,
    ) -> Call:
        """`posts` below zero waits for `release`."""
        values = (key, asked, account, outcome, amount, reason, at)
        no = self.file.run(_ADD_CALL, (*values, posts)).lastrowid or 0
        return Call(no, *values)

    def move(self, account: Account, movement: Movement) -> None:
        amounts = (movement.captured, movement.voided, movement.refunded)
        self.file.run(_MOVE, (*amounts, account.no))

    def settle(
        self, account: Account, *, outcome: str, reason: str | None, authorised: int, posts: int
    ) -> None:
        """The customer has answered, or will not be asked any more."""
        state = "open" if outcome == "authorised" else "declined"
        self.file.run(_SETTLE_ACCOUNT, (state, authorised, account.no))
        self.file.run(_SETTLE_CALL, (outcome, reason, posts, account.key))

    def release(self, account: Account, *, after: Call) -> None:
        """What was held back until something followed may be posted now."""
        self.file.run(_RELEASE, (after.no + 1, account.key))

    def unfetched(self, limit: int) -> list[tuple[Call, Account]]:
        rows = self.file.rows(_UNFETCHED, (limit,))
        return [(Call(*row[:8]), Account(*row[8:])) for row in rows]

    def fetched(self, numbers: Sequence[int]) -> None:
        with self.writing():
            for number in numbers:
                self.file.run(_FETCHED, (number,))

    def is_fetched(self, call: Call) -> bool:
        return not self.file.rows("SELECT 1 FROM calls WHERE no = ? AND posts > 0", (call.no,))

    def charges(self) -> Iterator[Charge]:
        """Everything, a page at a time: the books may be larger than the memory."""
        after = ""
        while page := self.file.rows(_PAGE_OF_CHARGES, (after, PAGE)):
            yield from (self._charge(row) for row in page)
            after = page[-1][0]

    def _charge(self, row: tuple[str, int, str, str, int, int, int, int, int]) -> Charge:
        payment_id, no, key, currency, authorised, captured, refunded, voided, charges = row
        return Charge(
            payment_id=payment_id,
            key=key,
            reference=self.reference(no),
            currency=currency,
            authorised=authorised,
            captured=captured,
            refunded=refunded,
            voided=voided,
            charges=charges,
        )


def posts_of(habit: Habit, outcome: str) -> int:
    """How often the webhook about a call is posted; below zero: not before something follows."""
    if outcome in ("refused", "waiting"):
        return 0
    late = habit.posting is Posting.LATE and outcome == "authorised"
    return -habit.posts if late else habit.posts


_OPENING = {
    Verdict.AUTHORISE: ("open", True),
    Verdict.DECLINE: ("declined", False),
    Verdict.ASK_CUSTOMER: ("waiting", False),
}

_CALL_BY_KEY = """
SELECT no, key, asked, account, outcome, amount, reason, at FROM calls WHERE key = ?
"""
_ACCOUNT = """
SELECT no, payment_id, key, token, currency, state, requested, authorised, captured, refunded,
       voided
  FROM accounts WHERE no = ?
"""
_ADD_ACCOUNT = """
INSERT INTO accounts (payment_id, key, token, currency, state, requested, authorised)
VALUES (?, ?, ?, ?, ?, ?, ?)
"""
_ADD_CALL = """
INSERT INTO calls (key, asked, account, outcome, amount, reason, at, posts, due)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT COALESCE(MAX(no), 0) + 1 FROM calls))
"""
_MOVE = """
UPDATE accounts
   SET captured = captured + ?, voided = voided + ?, refunded = refunded + ?
 WHERE no = ?
"""
_SETTLE_ACCOUNT = "UPDATE accounts SET state = ?, authorised = ? WHERE no = ?"
_SETTLE_CALL = """
UPDATE calls SET outcome = ?, reason = ?, posts = ?, due = (SELECT MAX(no) FROM calls)
 WHERE key = ?
"""
_RELEASE = "UPDATE calls SET posts = -posts, due = ? WHERE key = ? AND posts < 0"
_UNFETCHED = """
SELECT c.no, c.key, c.asked, c.account, c.outcome, c.amount, c.reason, c.at,
       a.no, a.payment_id, a.key, a.token, a.currency, a.state, a.requested, a.authorised,
       a.captured, a.refunded, a.voided
  FROM calls c JOIN accounts a ON a.no = c.account
 WHERE c.posts > 0
 ORDER BY c.due, c.no LIMIT ?
"""
_FETCHED = "UPDATE calls SET posts = posts - 1 WHERE no = ? AND posts > 0"
# With a single MAX, SQLite takes the bare columns (key, currency) from the row that has it.
_PAGE_OF_CHARGES = """
SELECT payment_id, MAX(no), key, currency,
       SUM(authorised), SUM(captured), SUM(refunded), SUM(voided), SUM(authorised > 0)
  FROM accounts WHERE payment_id > ?
 GROUP BY payment_id ORDER BY payment_id LIMIT ?
"""
