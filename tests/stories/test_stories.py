"""Whole orders told as tables: what happens -> where the order is, and what was promised by it.

On every kind of database; when a story is over, all promises have to hold (the `shop` fixture).
"""

import pytest

from purvey.testing import Shop, StoryWentWrong, story

STORIES = {
    "paid and shipped": """
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
    "cancelled while the payment is in flight": """
        stock 5 A
        order 3 A                      -> reserved    notify.confirmation payment.secure
        cancel changed mind            -> cancelled   notify.cancelled payment.call_off
        gateway authorised             -> cancelled   payment.return payment.return
        gateway voided                 -> cancelled
    """,
    "declined, then paid another way": """
        stock 5 A
        order 3 A                      -> reserved    notify.confirmation payment.secure
        gateway declined Card expired  -> reserved    notify.payment_problem payment.expire
        pay again by gateway           -> reserved    payment.secure
        gateway authorised             -> ready
        wait 4 days                    -> ready
    """,
    "declined, and never paid": """
        stock 5 A
        order 3 A                      -> reserved    notify.confirmation payment.secure
        gateway declined Card expired  -> reserved    notify.payment_problem payment.expire
        wait 2 days                    -> reserved
        wait 2 days                    -> cancelled   notify.cancelled
        pay again by gateway           -> cancelled   (not_allowed)
    """,
    "the answer was lost, and nothing had happened": """
        stock 5 A
        order 3 A                      -> reserved    notify.confirmation payment.secure
        gateway unknown time-out       -> reserved    payment.ask
        gateway unheard_of             -> reserved    payment.secure
        gateway authorised             -> ready
    """,
    "the answer was lost, and the customer gives up": """
        stock 5 A
        order 3 A                      -> reserved    notify.confirmation payment.secure
        gateway unknown time-out       -> reserved    payment.ask
        pay again by bank_transfer     -> reserved    (payment_pending)
        cancel takes too long          -> cancelled   notify.cancelled
        gateway captured               -> cancelled   payment.return
    """,
    "the customer has to confirm with their bank": """
        stock 5 A
        order 3 A                      -> reserved    notify.confirmation payment.secure
        gateway needs_customer         -> reserved    notify.confirm_payment payment.expire
        gateway authorised             -> ready
        wait 4 days                    -> ready
    """,
    "a bank transfer comes on the last day": """
        stock 5 A
        order 3 A by bank_transfer     -> reserved    notify.confirmation payment.expire
        wait 6 days                    -> reserved
        money comes in                 -> ready
        wait 2 days                    -> ready
    """,
    "a bank transfer does not come": """
        stock 5 A
        order 3 A by bank_transfer     -> reserved    notify.confirmation payment.expire
        money comes in 100             -> reserved
        wait 8 days                    -> cancelled   notify.cancelled payment.return
        order 5 A                      -> reserved    notify.confirmation payment.secure
    """,
    "bought at the counter, and back with it": """
        stock 5 A
        order 3 A by cash in store     -> ready       notify.confirmation
        cancel wrong size              -> cancelled   label.cancel notify.cancelled payment.return
        money goes back                -> cancelled   notify.refunded
        money goes back 1              -> cancelled   (amount_out_of_range)
    """,
    "an invoice that is paid when everything is over": """
        stock 5 A
        order 3 A by terms             -> ready       notify.confirmation
        pick                           -> fulfilling
        pack                           -> fulfilling  label.buy
        label                          -> fulfilling
        hand over                      -> shipped     notify.shipped shipment.track
        money comes in                 -> shipped
        deliver                        -> delivered   notify.delivered order.close
        close                          -> closed
    """,
    "in two parcels": """
        stock 2 A limit 5
        order 5 A                      -> reserved    notify.confirmation payment.secure
        gateway authorised             -> ready
        pick                           -> fulfilling
        pack                           -> fulfilling  label.buy
        label                          -> fulfilling
        hand over                      -> backordered notify.shipped payment.capture shipment.track
        gateway captured 905           -> backordered
        cancel changed mind            -> backordered (already_shipped)
        stock 3 A                      -> backordered stock.fill
        wait 1 minutes                 -> ready
        pick                           -> fulfilling
        pack                           -> fulfilling  label.buy
        label                          -> fulfilling
        hand over                      -> shipped     notify.shipped payment.capture shipment.track
        parcel delivered               -> shipped     notify.delivered
        parcel delivered               -> delivered   notify.delivered order.close
    """,
    "in two parcels, the rest of which is called off": """
        stock 2 A limit 5
        order 5 A                      -> reserved    notify.confirmation payment.secure
        gateway authorised             -> ready
        pick                           -> fulfilling
        pack                           -> fulfilling  label.buy
        label                          -> fulfilling
        hand over                      -> backordered notify.shipped payment.capture shipment.track
        parcel delivered               -> backordered notify.delivered
        drop 3 of 1 takes too long     -> delivered   order.close payment.return stock.fill
    """,
    "stock comes while the first parcel is packed": """
        stock 2 A limit 5
        order 5 A                      -> reserved    notify.confirmation payment.secure
        gateway authorised             -> ready
        pick                           -> fulfilling
        stock 3 A                      -> fulfilling  stock.fill
        wait 1 minutes                 -> fulfilling
        pack                           -> fulfilling  label.buy
        label                          -> fulfilling
        hand over                      -> fulfilling  notify.shipped payment.capture shipment.track
        pick                           -> fulfilling
    """,
    "nothing is there yet": """
        stock 0 A limit 5
        order 3 A                      -> backordered notify.confirmation notify.waiting_for_stock
        stock 2 A                      -> backordered stock.fill
        wait 1 minutes                 -> reserved    payment.secure
        stock 1 A                      -> reserved    stock.fill
        wait 1 minutes                 -> reserved
        gateway authorised             -> ready
    """,
    "too much is wanted": """
        stock 2 A limit 1
        order 4 A                      -> nothing     (out_of_stock)
        order 3 A                      -> reserved    notify.confirmation payment.secure
        order 1 A                      -> reserved    (out_of_stock)
    """,
    "a parcel is lost": """
        stock 5 A
        order 3 A                      -> reserved    notify.confirmation payment.secure
        gateway authorised             -> ready
        pick                           -> fulfilling
        pack                           -> fulfilling  label.buy
        label                          -> fulfilling
        hand over                      -> shipped     notify.shipped payment.capture shipment.track
        gateway captured               -> shipped
        close                          -> shipped     (reason_missing)
        close impatient                -> shipped     (on_the_way)
        parcel lost                    -> shipped
        close the money goes back      -> closed
        money goes back                -> closed      payment.refund_exactly
        gateway refunded               -> closed      notify.refunded
    """,
    "a person has to look, and approves": """
        stock 5 A
        big order 3 A                  -> in_review   hold.expire
        approve                        -> reserved    notify.confirmation payment.secure
        gateway authorised             -> ready
        wait 4 days                    -> ready
    """,
    "a person has to look, and rejects": """
        stock 5 A
        big order 3 A                  -> in_review   hold.expire
        reject                         -> in_review   (reason_missing)
        reject cannot be true          -> rejected    notify.cancelled payment.call_off
        approve                        -> rejected    (not_allowed)
    """,
    "a person has to look, and looks too late": """
        stock 5 A limit 5
        big order 3 A                  -> in_review   hold.expire
        wait 4 days                    -> in_review
        order 5 A                      -> reserved    notify.confirmation payment.secure
    """,
    "held in the warehouse": """
        stock 5 A
        order 3 A by cash in store     -> ready       notify.confirmation
        hold wait for the gift card    -> ready
        pick                           -> ready       (held)
        release                        -> ready
        pick                           -> fulfilling
        drop 1 of 1 broken             -> fulfilling  (too_many_units)
        cancel broken                  -> cancelled   label.cancel notify.cancelled payment.return
    """,
    "the label comes after the cancellation": """
        stock 5 A
        order 3 A by terms             -> ready       notify.confirmation
        pick                           -> fulfilling
        pack                           -> fulfilling  label.buy
        hand over                      -> fulfilling  (label_missing)
        cancel changed mind            -> cancelled   label.cancel notify.cancelled
        label                          -> cancelled   label.cancel
    """,
    "what was reserved is dropped before the money is there": """
        stock 1 A
        stock 0 B limit 5
        order 1 A 1 B                  -> reserved    notify.confirmation payment.secure
        drop 1 of 1 changed mind       -> reserved
        gateway authorised             -> backordered payment.return
        stock 3 B                      -> backordered stock.fill
        wait 1 minutes                 -> ready       payment.return
    """,
    "some of it comes back": """
        stock 5 A
        order 3 A
        gateway authorised
        pick
        pack
        label
        hand over
        gateway captured
        want back 1                    -> shipped     (not_delivered)
        parcel delivered               -> delivered   notify.delivered order.close
        want back 4                    -> delivered   (too_many_units)
        want back 2                    -> delivered   notify.return_requested
        want back 2                    -> delivered   (too_many_units)
        return approved                -> delivered   notify.return_approved return.expire
        goods come back                -> delivered   notify.return_received
        return settled                 -> delivered   (not_allowed)
        goods found restock            -> delivered
        return settled                 -> delivered   payment.return
        wait 15 days                   -> closed      payment.return
        goods come back unasked        -> closed      notify.return_received
        goods found send_back          -> closed
        return settled                 -> closed      (nothing_taken_back)
        return refused you broke it    -> closed      notify.return_refused
    """,
    "nothing is ever sent back": """
        stock 5 A
        order 3 A
        gateway authorised
        pick
        pack
        label
        hand over
        gateway captured
        parcel delivered               -> delivered   notify.delivered order.close
        want back 3                    -> delivered   notify.return_requested
        return approved                -> delivered   notify.return_approved return.expire
        wait 15 days                   -> closed
        want back 3                    -> closed      notify.return_requested
        return withdrawn               -> closed
        wait 15 days                   -> closed
        wait 1 day                     -> closed
        want back 1                    -> closed      (too_late)
    """,
}


@pytest.mark.parametrize("name", STORIES)
def test_story(shop: Shop, name: str):
    story(STORIES[name], shop=shop)


class TestTheTeller:
    @pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)
    @pytest.mark.parametrize(
        ("told", "complaint"),
        [
            ("order 1 A -> ready notify.confirmation payment.secure", "came out as: reserved"),
            ("order 1 A -> reserved", "came out as: reserved notify.confirmation payment.secure"),
            ("order 1 A -> reserved notify.shipped", "line 2: order 1 A"),
            ("sing", "nobody knows how to 'sing'"),
        ],
    )
    def test_says_where_a_story_went_wrong(self, shop: Shop, told: str, complaint: str):
        with pytest.raises(StoryWentWrong, match=complaint):
            story(f"stock 5 A\n{told}", shop=shop)

    @pytest.mark.parametrize("new_shop", ["sqlite"], indirect=True)
    def test_gives_the_order_at_the_end(self, shop: Shop):
        assert story("stock 5 A", shop=shop) is None
        order = story("order 1 A", shop=shop)
        assert order is not None and order.state == "reserved"
