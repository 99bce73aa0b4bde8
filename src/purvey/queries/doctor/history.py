"""Everything that happened can be shown: no row of an order's history is missing or was changed."""

from collections.abc import Iterator

from purvey.domain.states import PaymentState, ShipmentState
from purvey.operations.batch import chained_hash
from purvey.ports.storage import HistoryRow
from purvey.queries.doctor.case import Case, Wrong

_TAMPERED = (
    "Somebody wrote to the database behind purvey's back. Compare with a backup and find out who;"
    " history is explained, never corrected."
)


def versions_have_no_gap(case: Case) -> Iterator[Wrong]:
    expected = range(1, len(case.history) + 1)
    for row, version in zip(case.history, expected, strict=True):
        if row.version != version:
            yield Wrong(f"Version {version} is missing from its history.", _TAMPERED)
            return


def history_ends_at_the_order(case: Case) -> Iterator[Wrong]:
    if not case.history:
        yield Wrong("The order has no history.", _TAMPERED)
        return
    last = case.history[-1]
    if last.version != case.head.version:
        yield Wrong(
            f"The order is at version {case.head.version}, its history at {last.version}.",
            _TAMPERED,
        )
    elif last.hash != case.head.history_hash:
        yield Wrong("Its history does not end with the hash that the order carries.", _TAMPERED)


def chain_is_whole(case: Case) -> Iterator[Wrong]:
    """The first row that is not what it was when it was written."""
    before = ""
    for row in case.history:
        if chained_hash(before, row) != row.hash:
            yield Wrong(f"Version {row.version} of its history is not what was written.", _TAMPERED)
            return
        before = row.hash


def each_step_starts_where_the_last_one_ended(case: Case) -> Iterator[Wrong]:
    reached: dict[str, HistoryRow] = {}
    for row in case.history:
        before = reached.get(row.subject_id)
        if before is not None and before.target != row.source:
            yield Wrong(
                f"Version {row.version} ({row.process} {row.trigger}) starts at {row.source},"
                f" but {before.target} was reached before.",
                _TAMPERED,
            )
            return
        reached[row.subject_id] = row


def states_are_what_the_history_says(case: Case) -> Iterator[Wrong]:
    """A payment or shipment that nothing has happened to yet is where its process starts."""
    reached = {row.subject_id: row.target for row in case.history}
    for subject, state, start in _states(case) if case.history else ():
        told = reached.get(subject, start)
        if told != state:
            name = "The order" if subject == case.order.id else subject
            yield Wrong(
                f"{name} is {state}, but its history ends with {told}.",
                "States are changed by steps only; set it back, then take the step.",
            )


def no_history_of_strangers(case: Case) -> Iterator[Wrong]:
    known = {subject for subject, _, _ in _states(case)}
    gone = {row.subject_id for row in case.history} - known
    for subject in sorted(gone):
        yield Wrong(f"Its history speaks of {subject}, which is not there.", _RESTORE)


def _states(case: Case) -> Iterator[tuple[str, str, str]]:
    """(id, state, where its process starts) of the order and its parts."""
    order = case.order
    yield order.id, order.state, ""
    for payment in order.payments:
        yield payment.id, payment.state, PaymentState.REQUESTED
    for shipment in order.shipments:
        yield shipment.id, shipment.state, ShipmentState.PLANNED
    for returned in order.returns:
        yield returned.id, returned.state, ""


_RESTORE = "A row was deleted: bring it back from a backup."
