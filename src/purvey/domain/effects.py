"""What a step makes happen. Effects are goals, not deltas, because they may be promised twice."""

from enum import StrEnum


class Effect(StrEnum):
    # Done at once, in the transaction of the step, since all they need is in the database.
    RESERVE_STOCK = "stock.reserve"  # every open unit that stock allows is reserved
    RELEASE_STOCK = "stock.release"  # nothing is reserved for the order; its units are given up
    PLAN_SHIPMENTS = "shipment.plan"  # every reserved unit belongs to a shipment
    CANCEL_SHIPMENTS = "shipment.cancel"  # nothing planned is left to be picked
    CLOSE_PAYMENTS = "payment.close"  # payments that nobody has answered are over

    # Promised to the outbox and done by the worker.
    REQUEST_PAYMENT = "payment.secure"  # the gateway holds the order's total for us
    ASK_GATEWAY = "payment.ask"  # an unknown payment is known
    CALL_OFF = "payment.call_off"  # an attempt that is over takes no money; what it took is known
    CAPTURE_PAYMENT = "payment.capture"  # what has shipped has been paid
    RETURN_MONEY = "payment.return"  # we hold no money that is not ours
    CAPTURE_EXACTLY = "payment.capture_exactly"  # asked for by a person, with the amount
    VOID_EXACTLY = "payment.void_exactly"
    REFUND_EXACTLY = "payment.refund_exactly"
    BUY_LABEL = "label.buy"  # the shipment has a label and a tracking number
    CANCEL_LABEL = "label.cancel"  # the carrier expects no parcel
    TRACK = "shipment.track"  # we know what the carrier knows
    FILL_BACKORDERS = "stock.fill"  # free stock is given to the orders that wait for it

    # Timers: messages that are due later.
    EXPIRE_HOLD = "hold.expire"
    EXPIRE_PAYMENT = "payment.expire"
    CLOSE_LATER = "order.close"
    EXPIRE_RETURN = "return.expire"

    # Told to the customer; the part behind the dot is the template's name.
    TELL_CONFIRMED = "notify.confirmation"
    TELL_WAITING = "notify.waiting_for_stock"
    TELL_DECLINED = "notify.payment_problem"
    TELL_TO_CONFIRM = "notify.confirm_payment"
    TELL_DELAYED = "notify.delayed"
    TELL_SHIPPED = "notify.shipped"
    TELL_OUT_FOR_DELIVERY = "notify.out_for_delivery"
    TELL_READY_TO_COLLECT = "notify.ready_to_collect"
    TELL_NOT_DELIVERED = "notify.not_delivered"
    TELL_DELIVERED = "notify.delivered"
    TELL_CANCELLED = "notify.cancelled"
    TELL_REFUNDED = "notify.refunded"
    TELL_RETURN_REQUESTED = "notify.return_requested"
    TELL_RETURN_APPROVED = "notify.return_approved"
    TELL_RETURN_REFUSED = "notify.return_refused"
    TELL_RETURN_RECEIVED = "notify.return_received"
