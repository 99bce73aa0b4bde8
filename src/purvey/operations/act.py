"""Who does something, when, and how new ids are made: the arguments that keep operations pure."""

from dataclasses import dataclass
from datetime import datetime

from purvey.domain.policies import Policies
from purvey.kit.ids import NewId


@dataclass(frozen=True, kw_only=True)
class Act:
    """`actor` is a name that people understand: "Ann Lee", "api:webshop", "worker".

    `alone`: rights to approve for which this caller needs no second person (domain/approvals.py).
    """

    actor: str
    now: datetime
    new_id: NewId
    policies: Policies
    alone: frozenset[str] = frozenset()
