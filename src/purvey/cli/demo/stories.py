"""What can happen to an order, as one table: a row is a kind of order, and how it has to end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from purvey.cli.demo import catalogue as wares
from purvey.cli.demo import deeds as do

Deed = Callable[..., None]
JsonObject = Mapping[str, Any]

CLOSED, CANCELLED, REJECTED = ({"closed"}, {"cancelled"}, {"rejected"})
EITHER = {"closed", "cancelled"}  # who cancels late finds the parcel gone


def card(token: str) -> JsonObject:
    return {"gateway": "sandbox", "token": token}


CASH, TRANSFER = {"method": "cash"}, {"method": "bank_transfer"}
TERMS = {"terms": "net30", "purchase_order": "PO-4711"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`share` of all orders, against the others' shares.

    `items`: named goods and their units, beside `ordinary` lines (fewest, most). `word`: put behind
    the recipient's name, where the sandbox carrier reads it. `then`: what the customer does at once.
    `answers`: what somebody does when the order waits for that. `refused`: the code of the refusal.
    """

    name: str
    share: int
    ends: set[str] = field(default_factory=lambda: CLOSED)
    channel: str = "web"
    payment: JsonObject = field(default_factory=lambda: card("tok_ok"))
    items: tuple[tuple[str, int], ...] = ()
    ordinary: tuple[int, int] = (1, 4)
    shipping: str = "standard"
    complete: bool = False
    mistake: bool = False
    wrong_price: bool = False
    word: str = ""
    then: Deed | None = None
    answers: Mapping[str, Deed] = field(default_factory=dict)
    refused: str = ""


def _story(name: str, share: int, **rest: Any) -> Story:
    return Story(name=name, share=share, **rest)


SCARCE = tuple((sku, 2) for sku in wares.SCARCE)

STORIES = (
    # All goes well.
    _story("paid by card", 60),
    _story("express", 8, shipping="express"),
    _story("at the counter, in cash", 16, channel="store", payment=CASH, shipping="pickup"),
    _story("by phone, on terms", 14, channel="phone", payment=TERMS),
    _story("from two warehouses", 6, items=((wares.IN_NORTH, 1), (wares.IN_SOUTH, 2)), ordinary=(0, 1)),
    # Payment.
    _story("bank transfer arrives", 6, channel="phone", payment=TRANSFER, answers={"bank_transfer": do.record_transfer}),
    _story("bank transfer never comes", 3, ends=CANCELLED, channel="phone", payment=TRANSFER,
           answers={"bank_transfer": do.cancel}),
    _story("card declined, another one works", 5, payment=card("tok_declined"), answers={"payment_declined": do.pay_otherwise}),
    _story("no money on the card, given up", 3, ends=CANCELLED, payment=card("tok_insufficient_funds"),
           answers={"payment_declined": do.cancel}),
    _story("time-out before the charge", 5, payment=card("tok_timeout_before")),
    _story("time-out after the charge", 5, payment=card("tok_timeout_after")),
    _story("time-out after the capture", 3, payment=card("tok_capture_timeout_after")),
    _story("gateway busy", 2, payment=card("tok_busy")),
    _story("gateway slow", 3, payment=card("tok_slow")),
    _story("webhook before the answer", 2, payment=card("tok_webhook_first")),
    _story("webhook out of order", 2, payment=card("tok_webhook_late")),
    _story("webhook twice", 2, payment=card("tok_webhook_twice")),
    _story("customer confirms at the bank", 4, payment=card("tok_needs_customer"), answers={"customer": do.confirm_at_bank}),
    _story("customer says no at the bank", 2, ends=CANCELLED, payment=card("tok_needs_customer"),
           answers={"customer": do.refuse_at_bank, "payment_declined": do.cancel}),
    # A person has to look.
    _story("wrong address, corrected", 6, mistake=True, answers={"review": do.correct_address}),
    _story("wrong address, nobody answers", 2, ends=REJECTED, mistake=True, answers={"review": do.reject}),
    _story("price from an old catalogue", 3, channel="phone", wrong_price=True, answers={"review": do.approve}),
    _story("worth a second look", 2, items=((wares.PRECIOUS, 3),), ordinary=(0, 0), answers={"review": do.approve}),
    _story("clicked twice", 3, then=do.order_once_more),
    _story("stopped by hand, then let go", 3, then=do.stop, answers={"hold": do.let_go}),
    # Sent again: taken once.
    _story("same key again", 8, then=do.send_again),
    _story("same external id again", 6, then=do.send_again_unkeyed),
    # Stock.
    _story("waits for the supplier", 6, items=SCARCE[:1], ordinary=(0, 0)),
    _story("part now, part later", 5, items=SCARCE[1:2], ordinary=(1, 2)),
    _story("all at once or not at all", 4, items=SCARCE[2:], ordinary=(1, 2), complete=True),
    _story("tired of waiting", 3, ends=CANCELLED, items=((wares.NEVER, 1),), ordinary=(0, 0), answers={"stock": do.cancel}),
    _story("sold out", 4, ends=set(), items=((wares.SOLD_OUT, 1),), refused="out_of_stock"),
    _story("no longer sold", 2, ends=set(), items=((wares.RETIRED, 1),), refused="inactive_sku"),
    _story("no such product", 2, ends=set(), items=(("NO-SUCH-THING", 1),), refused="unknown_sku"),
    # Second thoughts.
    _story("cancelled in the middle", 8, ends=EITHER, then=do.change_mind),
    _story("fewer, before the transfer", 3, channel="phone", payment=TRANSFER, items=((wares.IN_NORTH, 3),),
           then=do.want_fewer, answers={"bank_transfer": do.record_transfer}),
    _story("fewer, while it is picked", 4, items=((wares.IN_SOUTH, 3),), then=do.want_fewer),
    # On the way.
    _story("carrier busy", 2, word="BUSY"),
    _story("label made, answer lost", 2, word="TIMEOUT"),
    _story("parcel lost", 2, word="LOST", answers={"lost_parcel": do.close_as_lost}),
    _story("too heavy for the carrier", 2, ends=CANCELLED, items=((wares.HEAVY, 2),), ordinary=(0, 0),
           answers={"hold": do.cancel}),
)  # fmt: skip

CLICKED_AGAIN = _story("clicked twice: the second", 0, ends=REJECTED, answers={"review": do.reject})


def share_out(orders: int) -> list[Story]:
    """So many stories, each by its share; every one at least once if there is room for all."""
    ranked = sorted(STORIES, key=lambda story: -story.share)
    if orders <= len(ranked):
        return ranked[:orders]
    whole = sum(story.share for story in ranked)
    rest = orders - len(ranked)
    counts = [1 + rest * story.share // whole for story in ranked]
    for index in range(orders - sum(counts)):
        counts[index % len(counts)] += 1
    return [story for story, many in zip(ranked, counts, strict=True) for _ in range(many)]
