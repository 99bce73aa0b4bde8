"""Hand over what the customer takes along at once: picked, packed, gone and arrived in one commit.

Each step is the one that the warehouse takes; there is only nobody to wait for between them.
"""

from collections.abc import Sequence

from purvey.domain.order import Order
from purvey.domain.states import ShipmentState
from purvey.kit.process import Refusal
from purvey.operations.act import Act
from purvey.operations.batch import Batch
from purvey.operations.fulfil import PICKUP, ShipmentStep, take_step
from purvey.ports.storage import Transaction

STEPS = {
    ShipmentState.PLANNED: ("pick", "pack", "hand_over"),
    ShipmentState.PICKING: ("pack", "hand_over"),
    ShipmentState.PACKED: ("hand_over",),
}
NOT_FOUND = Refusal("not_found", "There is no such order.")
NOTHING = Refusal("nothing_to_hand_over", "Nothing of this order is ready to be taken along.")


def hand_out(tx: Transaction, order_ids: Sequence[str], *, act: Act) -> list[Order | Refusal]:
    """All parcels of each order that its customer collects. What has gone already stays gone."""
    batch = Batch.open(tx, act, set(order_ids), with_stock=True)
    answers = [_hand_out(batch, batch.orders.get(order_id)) for order_id in order_ids]
    batch.save()
    return answers


def _hand_out(batch: Batch, order: Order | None) -> Order | Refusal:
    if order is None:
        return NOT_FOUND
    ready = [x for x in order.shipments if x.method == PICKUP and x.state in STEPS]
    if not ready:
        return NOTHING
    after: Order | Refusal = order
    for shipment in ready:
        for trigger in STEPS[shipment.state]:
            step = ShipmentStep(shipment_id=shipment.id, trigger=trigger)
            after = take_step(batch, order.id, step)
            if isinstance(after, Refusal):
                return after
    return after
