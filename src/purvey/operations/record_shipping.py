"""Write down what carriers say: labels bought, parcels on their way, delivered or lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from purvey.domain.order import Order, Shipment
from purvey.kit.frozen import evolve
from purvey.operations.act import Act
from purvey.operations.advance import advance_shipment
from purvey.operations.batch import Batch
from purvey.operations.fulfil import arrived, shipment_of
from purvey.ports.carrier import Label
from purvey.ports.storage import NOTHING_KNOWN, Document, Transaction

Also = Callable[[Transaction], None] | None
Known = Mapping[str, Order]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelBought:
    shipment_id: str
    label: Label


def record_labels(
    tx: Transaction,
    bought: Sequence[LabelBought],
    *,
    act: Act,
    known: Known = NOTHING_KNOWN,
    also: Also = None,
) -> None:
    """Keep each label and its tracking number; one for a cancelled shipment is cancelled again."""
    _record(tx, bought, _label, act=act, known=known, also=also)


def _label(batch: Batch, order: Order, shipment: Shipment, bought: LabelBought) -> None:
    label = bought.label
    if shipment.tracking_number == label.tracking_number:
        return
    shipment = evolve(
        shipment,
        carrier=label.carrier,
        service=label.service,
        tracking_number=label.tracking_number,
        tracking_url=label.tracking_url,
        cost=label.cost,
    )
    document = Document(
        id=batch.act.new_id("doc"),
        order_id=order.id,
        subject_id=shipment.id,
        kind="label",
        media_type=label.media_type,
        body=label.body,
        at=batch.act.now,
    )
    batch.file(order, document)
    facts = {"tracking_number": label.tracking_number}
    after = advance_shipment(batch, order, shipment, "label_bought", facts=facts)
    assert isinstance(after, Order), after


@dataclass(frozen=True, slots=True, kw_only=True)
class ParcelNews:
    shipment_id: str
    kind: str  # in_transit, out_for_delivery, delivered, lost, returned_to_sender


def record_tracking(
    tx: Transaction,
    news: Sequence[ParcelNews],
    *,
    act: Act,
    known: Known = NOTHING_KNOWN,
    also: Also = None,
) -> None:
    """Reports: a parcel that was delivered before we heard of its departure is delivered."""
    _record(tx, news, _parcel_news, act=act, known=known, also=also)


def _parcel_news(batch: Batch, order: Order, shipment: Shipment, news: ParcelNews) -> None:
    after = advance_shipment(batch, order, shipment, news.kind)
    assert isinstance(after, Order), after
    if news.kind == "delivered":
        arrived(batch, after, shipment)


def _record(
    tx: Transaction,
    told: Sequence[Any],
    write: Callable[[Batch, Order, Shipment, Any], None],
    *,
    act: Act,
    known: Known,
    also: Also,
) -> None:
    owners = tx.orders.of_shipments({one.shipment_id for one in told})
    batch = Batch.open(tx, act, set(owners.values()), with_stock=False, known=known)
    for one in told:
        order = batch.orders[owners[one.shipment_id]]
        write(batch, order, shipment_of(order, one.shipment_id), one)
    batch.save()
    if also is not None:
        also(tx)
