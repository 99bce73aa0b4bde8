"""Approvals: one row each, from the question to the decision. They are kept: they are evidence."""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from purvey.domain.approvals import Approval, ApprovalState, Kind
from purvey.domain.effects import Effect
from purvey.storage import people_tables
from purvey.storage.sql import Sql
from purvey.storage.times import from_us, maybe_time, maybe_us, to_us

COLUMNS = (
    "id, kind, order_id, subject_id, content, hash, amount, currency, reason, asked_by, asked_at,"
    " ends_at, state, decided_by, decided_at, note"
)


class SqlApprovals:
    """Implements `ports.approvals.Approvals`."""

    def __init__(self, sql: Sql):
        self._sql = sql

    def orders_of(self, ids: Collection[str]) -> dict[str, str]:
        rows = self._sql.rows(
            "select id, order_id from approval where shard = :shard and id = any(:ids)",
            ids=sorted(ids),
        )
        return {row.id: row.order_id for row in rows}

    def find(self, ids: Collection[str]) -> dict[str, Approval]:
        rows = self._sql.rows(
            f"select {COLUMNS} from approval where shard = :shard and id = any(:ids)"
            " order by id for update",
            ids=sorted(ids),
        )
        return {row.id: approval_of(row) for row in rows}

    def open_for(self, order_ids: Collection[str]) -> list[Approval]:
        rows = self._sql.rows(
            f"select {COLUMNS} from approval where shard = :shard and order_id = any(:ids)"
            " and state = 'open' order by id",
            ids=sorted(order_ids),
        )
        return [approval_of(row) for row in rows]

    def add(self, approvals: Sequence[Approval]) -> None:
        self._sql.insert(people_tables.approval, [_row(x) for x in approvals])

    def decide(self, approvals: Sequence[Approval]) -> None:
        sets = ("state", "decided_by", "decided_at", "note")
        rows = [
            (str(x.state), x.decided_by, maybe_us(x.decided_at), x.note, x.id) for x in approvals
        ]
        self._sql.update(people_tables.approval, sets=sets, keys=("id",), rows=rows)

    def refunds_under_way(self, order_ids: Collection[str]) -> Mapping[str, int]:
        rows = self._sql.rows(
            "select order_id, payload from outbox where shard = :shard and order_id = any(:ids)"
            " and state <> 'done' and effect = :effect",
            ids=sorted(order_ids),
            effect=str(Effect.REFUND_EXACTLY),
        )
        amounts = Counter[str]()
        for row in rows:
            amounts[row.order_id] += int(json.loads(row.payload).get("amount") or 0)
        return amounts


def _row(approval: Approval) -> tuple[Any, ...]:
    return (
        approval.id,
        str(approval.kind),
        approval.order_id,
        approval.subject_id,
        approval.content,
        approval.hash,
        approval.amount,
        approval.currency,
        approval.reason,
        approval.asked_by,
        to_us(approval.asked_at),
        to_us(approval.ends_at),
        str(approval.state),
        approval.decided_by,
        maybe_us(approval.decided_at),
        approval.note,
    )


def approval_of(row: Any) -> Approval:
    approval = Approval(
        id=row.id,
        kind=Kind(row.kind),
        order_id=row.order_id,
        subject_id=row.subject_id,
        content=row.content,
        amount=row.amount,
        currency=row.currency,
        reason=row.reason,
        asked_by=row.asked_by,
        asked_at=from_us(row.asked_at),
        ends_at=from_us(row.ends_at),
        state=ApprovalState(row.state),
        decided_by=row.decided_by,
        decided_at=maybe_time(row.decided_at),
        note=row.note,
    )
    assert approval.hash == row.hash, f"the content of {row.id} is not what was asked for"
    return approval
