"""The SQL of a year of orders: each table's rows are templates times copies, in one statement.

`t_NAME` holds the templates' rows of a table; `copies` says what is each copy's own.
"""

import sqlalchemy as sa

from purvey.storage import tables
from purvey.wiring import DEFAULT_SHARD

STEPS = 4  # of a copy's history, at most
FIRST_NUMBER = 10_000_000

COPIES = (
    "create temp table copies (n bigint, order_id text, customer_id text, payment_id text,"
    " stamp text, shift bigint, promised text, position bigint, version bigint, hash text,"
    + ", ".join(f" hash{step} text" for step in range(1, STEPS + 1))
    + ")"
)

# Which column of a table says whose row it is, and what it is called in `copies`.
COPIED = {
    "customer": ("id", "customer_id"),
    "orders": ("id", "order_id"),
    "order_line": ("order_id", "order_id"),
    "reservation": ("order_id", "order_id"),
    "payment": ("order_id", "order_id"),
    "payment_entry": ("payment_id", "payment_id"),
    "shipment": ("order_id", "order_id"),
    "shipment_line": ("order_id", "order_id"),
    "history": ("order_id", "order_id"),
    "outbox": ("order_id", "order_id"),
}

_IDS = {"id", "order_id", "customer_id", "subject_id", "payment_id", "shipment_id", "track_token"}
_TIMES = {"placed_at", "state_since", "created_at", "planned_at", "at", "due_at", "expires_at"}
_NAME = "'many' || c.n"
_OWN = {
    "orders.number": f"{FIRST_NUMBER} + c.n",
    "orders.version": "c.version",
    "orders.external_id": _NAME,
    "orders.customer_email": f"{_NAME} || '@example.com'",
    "orders.promised_to": "c.promised",
    "orders.lookalike": "c.stamp || substr(x.lookalike, 13)",
    "orders.history_hash": "c.hash",
    "customer.email": f"{_NAME} || '@example.com'",
    "shipment.tracking_number": "x.tracking_number || '-' || c.n",
    "history.hash": "case x.version "
    + " ".join(f"when {step} then c.hash{step}" for step in range(1, STEPS + 1))
    + " end",
    "history.position": "c.position + x.version - 1",
}


def stage(name: str, order_ids: list[str]) -> str:
    """Templates' rows of a table, aside; of history only the columns, since it is abridged."""
    column, source = COPIED[name]
    listed = ", ".join(f"'{order_id}'" for order_id in order_ids)
    whose = {
        "order_id": f"{column} in ({listed})",
        "customer_id": f"id in (select customer_id from orders where id in ({listed}))",
        "payment_id": f"payment_id in (select id from payment where order_id in ({listed}))",
    }[source]
    open_only = " and state = 'open'" if name == "outbox" else ""
    only = "1 = 0" if name == "history" else f"shard = {DEFAULT_SHARD} and {whose}{open_only}"
    return f"create temp table t_{name} as select * from {name} where {only}"


def insert(name: str) -> str:
    """All copies of a table's rows. `cross join` keeps SQLite to the order of the copies."""
    table = tables.metadata.tables[name]
    column, source = COPIED[name]
    into = ", ".join(f'"{c.name}"' for c in table.columns)
    values = ", ".join(_value(table, c.name) for c in table.columns)
    return (
        f"insert into {name} ({into}) select {values}"
        f" from copies c cross join t_{name} x where x.{column} = c.{source}"
    )


def _value(table: sa.Table, column: str) -> str:
    own = _OWN.get(f"{table.name}.{column}")
    if own is not None:
        return own
    if column in _IDS:
        return _new_id(f'x."{column}"')
    if column in _TIMES:
        return f'x."{column}" + c.shift'
    if table.name == "outbox" and column in ("key", "lane"):
        order = f'replace(x."{column}", x.order_id, {_new_id("x.order_id")})'
        return f"replace({order}, x.subject_id, {_new_id('x.subject_id')})"
    return f'x."{column}"'


def _new_id(old: str) -> str:
    """The prefix stays, the time in it is the copy's own, and so is no other id."""
    return f"substr({old}, 1, 4) || c.stamp || substr({old}, 17)"
