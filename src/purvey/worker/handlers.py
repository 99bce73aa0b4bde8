"""Who does each effect. A test holds this table against everything that the process may promise."""

from collections.abc import Callable, Mapping, Sequence

from purvey.ports.storage import Message
from purvey.worker import inbox, notices, parcels, payments, stock
from purvey.worker.desk import Desk

HANDLERS: Mapping[str, Callable[[Desk, Sequence[Message]], None]] = {
    **payments.HANDLERS,
    **parcels.HANDLERS,
    **notices.HANDLERS,
    **stock.HANDLERS,
    **inbox.HANDLERS,
}
