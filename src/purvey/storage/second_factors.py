"""The second factor of a log-in: a secret shared with the person's phone, and recovery codes.

The secret has to be readable, or codes could not be checked; recovery codes are kept as hashes and
are good once.
"""

import secrets
from base64 import b32encode
from dataclasses import dataclass

from purvey.storage.sessions import token_hash
from purvey.storage.sql import Sql

SECRET_BYTES = 20  # RFC 4226, section 4, R6
RECOVERY_CODES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondFactor:
    """`step`: the last half minute whose code was used."""

    secret: str
    step: int
    codes: frozenset[str]

    def __repr__(self) -> str:
        return f"SecondFactor(step={self.step}, codes={len(self.codes)})"


def new_secret() -> str:
    return b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def new_recovery_codes() -> list[str]:
    """Forty-five bits each: with a limited number of tries nobody guesses one."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
    parts = [[secrets.choice(letters) for _ in range(9)] for _ in range(RECOVERY_CODES)]
    return [f"{''.join(x[:3])}-{''.join(x[3:6])}-{''.join(x[6:])}" for x in parts]


def find_factor(sql: Sql, person_id: str, *, lock: bool = False) -> SecondFactor | None:
    row = sql.first(
        "select totp_secret, totp_step, recovery_codes from person"
        f" where shard = :shard and id = :id{' for update' if lock else ''}",
        id=person_id,
    )
    if row is None or row.totp_secret is None:
        return None
    codes = frozenset(filter(None, row.recovery_codes.split(",")))
    return SecondFactor(secret=row.totp_secret, step=row.totp_step, codes=codes)


def set_factor(
    sql: Sql, person_id: str, *, secret: str | None, step: int, codes: list[str]
) -> None:
    """`secret` None takes it away."""
    sql.execute(
        "update person set totp_secret = :secret, totp_step = :step, recovery_codes = :codes"
        " where shard = :shard and id = :id",
        secret=secret,
        step=step,
        codes=",".join(sorted(token_hash(_plain(code)) for code in codes)),
        id=person_id,
    )


def use_step(sql: Sql, person_id: str, step: int) -> bool:
    """False when the code was used before."""
    used = sql.execute(
        "update person set totp_step = :step"
        " where shard = :shard and id = :id and totp_step < :step",
        step=step,
        id=person_id,
    )
    return used == 1


def use_recovery_code(sql: Sql, person_id: str, code: str) -> bool:
    """True once for each code."""
    factor = find_factor(sql, person_id, lock=True)
    used = token_hash(_plain(code))
    if factor is None or used not in factor.codes:
        return False
    sql.execute(
        "update person set recovery_codes = :codes where shard = :shard and id = :id",
        codes=",".join(sorted(factor.codes - {used})),
        id=person_id,
    )
    return True


def _plain(code: str) -> str:
    return "".join(code.lower().replace("-", "").split())
