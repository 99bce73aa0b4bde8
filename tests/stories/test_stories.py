"""Whole orders told as tables: what happens -> where the order is, and what was promised by it."""

from purvey.testing import Shop, story


def test_paid_and_shipped(shop: Shop):
    story(
        """
        stock 5 A
        order 3 A                      -> reserved    notify.confirmation payment.secure
        gateway authorised             -> ready
        pick                           -> fulfilling
        pack                           -> fulfilling  label.buy
        label                          -> fulfilling
        hand over                      -> shipped     notify.shipped payment.capture shipment.track
        gateway captured               -> shipped
        parcel in transit              -> shipped
        parcel delivered               -> delivered   notify.delivered order.close
        wait 15 days                   -> closed
        """,
        shop=shop,
    )
