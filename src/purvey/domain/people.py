"""People who log in, and their sessions. What they may do says rights.py."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from purvey.domain.rights import ROLES, Role

IDLE = timedelta(hours=12)  # a session that is not used for so long is over
ABSOLUTE = timedelta(days=30)  # and after so long in any case
INVITATION = timedelta(hours=24)  # how long a one-time link is good


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`name` stands in the history of everything that the person does, so it is unique."""

    id: str
    name: str
    email: str
    role: Role
    created_at: datetime
    locked_at: datetime | None = None

    def may(self, right: str) -> bool:
        return right in ROLES[self.role]


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser in which a person is logged in."""

    id: str
    person: Person
    created_at: datetime
    seen_at: datetime
    agent: str

    def is_over(self, now: datetime) -> bool:
        return now >= self.seen_at + IDLE or now >= self.created_at + ABSOLUTE


MAX_NAME, MAX_EMAIL = 60, 254
# History also names programs and our own parts; nobody may pass for one of them.
NO_NAMES = frozenset({"worker", "command line", "system", "customer", "api", "import", "sandbox"})
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)*\Z")


def problems_with(*, name: str, email: str) -> dict[str, str]:
    """By field, what a person cannot be called or reached by."""
    problems = {}
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        problems["name"] = f"Write the name in 1 to {MAX_NAME} characters."
    elif any(sign in name for sign in ":@,") or name_key(name) in NO_NAMES:
        problems["name"] = "Write a person's name, without : @ and commas, as history shows it."
    if len(email) > MAX_EMAIL or not email.isprintable() or not _EMAIL.match(email):
        problems["email"] = "Write an e-mail address, such as ann@example.com."
    return problems


def one_line(text: str) -> str:
    return " ".join(text.split())


def name_key(name: str) -> str:
    """The same for names that people would take for one another."""
    return unicodedata.normalize("NFKC", one_line(name)).casefold()


def email_key(email: str) -> str:
    return email.strip().lower()
