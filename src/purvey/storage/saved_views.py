"""Views of the list of orders that people saved, for themselves or for all, and their columns.

A view is an address with a name. Whoever saved it changes it; all may look at one that is shared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from purvey.storage.list_tables import chosen_columns, saved_view
from purvey.storage.sql import Sql

MAX_VIEWS = 20  # of one person
MAX_SHOWN = 60


class TooManyViews(Exception):
    """You have 20 saved views. Remove one that you do not need any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """`owner`: the name of whoever saved it."""

    id: str
    person_id: str
    owner: str = ""
    name: str
    query: str
    is_shared: bool


def list_views(sql: Sql, person_id: str) -> list[SavedView]:
    """The person's own, then what others share."""
    rows = sql.rows(
        "select v.id, v.person_id, p.name as owner, v.name, v.query, v.shared from saved_view v"
        " join person p on p.shard = v.shard and p.id = v.person_id"
        " where v.shard = :shard and (v.person_id = :person_id or v.shared = 1)"
        " order by case when v.person_id = :person_id then 0 else 1 end, v.place, v.id"
        " limit :most",
        person_id=person_id,
        most=MAX_SHOWN,
    )
    return [
        SavedView(
            id=row.id,
            person_id=row.person_id,
            owner=row.owner,
            name=row.name,
            query=row.query,
            is_shared=bool(row.shared),
        )
        for row in rows
    ]


def add_view(sql: Sql, view: SavedView) -> None:
    """Behind the person's others. Raises TooManyViews."""
    row = sql.first(
        "select count(*) as n, coalesce(max(place), 0) as place from saved_view"
        " where shard = :shard and person_id = :person_id",
        person_id=view.person_id,
    )
    if row is None or row.n >= MAX_VIEWS:
        raise TooManyViews(TooManyViews.__doc__)
    kept = (view.id, view.person_id, view.name, view.query, int(view.is_shared), row.place + 1)
    sql.insert(saved_view, [kept])


def move_view_first(sql: Sql, view_id: str, *, person_id: str) -> bool:
    """Before the person's others. False where it is none of theirs."""
    moved = sql.execute(
        "update saved_view set place = (select min(place) - 1 from saved_view"
        " where shard = :shard and person_id = :person_id)"
        " where shard = :shard and id = :id and person_id = :person_id",
        id=view_id,
        person_id=person_id,
    )
    return moved > 0


def rename_view(sql: Sql, view_id: str, *, name: str, person_id: str) -> bool:
    """False where it is none of theirs."""
    renamed = sql.execute(
        "update saved_view set name = :name"
        " where shard = :shard and id = :id and person_id = :person_id",
        name=name,
        id=view_id,
        person_id=person_id,
    )
    return renamed > 0


def remove_view(sql: Sql, view_id: str, *, person_id: str) -> bool:
    """False where it is none of theirs."""
    gone = sql.execute(
        "delete from saved_view where shard = :shard and id = :id and person_id = :person_id",
        id=view_id,
        person_id=person_id,
    )
    return gone > 0


def columns_chosen(sql: Sql, person_id: str) -> list[str] | None:
    """None where nothing was chosen."""
    names = sql.scalar(
        "select names from chosen_columns where shard = :shard and person_id = :person_id",
        person_id=person_id,
    )
    return None if names is None else names.split(",")


def choose_columns(sql: Sql, person_id: str, names: Sequence[str]) -> None:
    sql.upsert(chosen_columns, [(person_id, ",".join(names))])
