"""Every state that a thing of ours can be in, and what it means to the people who work with it."""

from enum import StrEnum


class OrderState(StrEnum):
    RECEIVED = "received"  # taken down as it came; nothing decided
    IN_REVIEW = "in_review"  # a person must decide
    ACCEPTED = "accepted"  # we will fulfil it
    BACKORDERED = "backordered"  # accepted, waiting for stock
    RESERVED = "reserved"  # what is to ship has stock; waiting for money
    READY = "ready"  # paid for or secured; may be picked
    FULFILLING = "fulfilling"  # at least one shipment is being worked on
    SHIPPED = "shipped"  # every unit has left the building
    DELIVERED = "delivered"  # every shipment has arrived
    CLOSED = "closed"  # nothing more will happen by itself
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class PaymentState(StrEnum):
    REQUESTED = "requested"  # nobody has answered yet
    AUTHORISED = "authorised"  # the money is held for us, or promised on terms
    CAPTURED = "captured"  # money has come in
    DECLINED = "declined"
    UNKNOWN = "unknown"  # the gateway's answer was lost; it has to be asked
    VOIDED = "voided"  # given back before it was taken
    REFUNDED = "refunded"  # given back after it was taken, in part or whole


class ShipmentState(StrEnum):
    PLANNED = "planned"
    PICKING = "picking"
    PACKED = "packed"
    HANDED_OVER = "handed_over"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELIVERED = "delivered"
    LOST = "lost"
    RETURNED_TO_SENDER = "returned_to_sender"  # not deliverable: the carrier brings it back
    TAKEN_BACK = "taken_back"  # its goods are here again, and in a return
    SENT_AGAIN = "sent_again"  # its goods are here again, and go out in another parcel
    CANCELLED = "cancelled"


class ReturnState(StrEnum):
    REQUESTED = "requested"  # a person must decide
    APPROVED = "approved"  # the customer may send it back
    RECEIVED = "received"  # the goods are here
    INSPECTED = "inspected"  # what becomes of each unit is known
    SETTLED = "settled"  # stock and money went where they belong
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # the customer keeps the goods
    EXPIRED = "expired"  # the goods were never sent back
