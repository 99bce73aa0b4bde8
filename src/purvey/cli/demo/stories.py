"""What can happen to an order, as one table: a row is a kind of order, and how it has to end."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from purvey.cli.demo import catalogue as wares
from purvey.cli.demo import deeds as do

Deed = Callable[..., None]
JsonObject = Mapping[str, Any]

CLOSED, CANCELLED, REJECTED = (frozenset({state}) for state in ("closed", "cancelled", "rejected"))
EITHER = CLOSED | CANCELLED  # who cancels late finds the parcel gone
NOWHERE: frozenset[str] = frozenset()  # it is refused at the door


def card(token: str) -> JsonObject:
    return {"gateway": "sandbox", "token": token}


CASH, TRANSFER = {"method": "cash"}, {"method": "bank_transfer"}
TERMS = {"terms": "net30", "purchase_order": "PO-4711"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """`share` of all orders, against the others' shares.

    `items`: named goods and their units, beside `ordinary` lines (fewest, most). `word`: put behind
    the recipient's name, where the sandbox carrier reads it. `then`: what the customer does at
    once. `answers`: what is done when the order waits for that. `refused`: the refusal's code.
    """

    name: str
    share: int
    ends: frozenset[str] = CLOSED
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


def _a(name: str, share: int, **rest: Any) -> Story:
    return Story(name=name, share=share, **rest)


BY_CARD = "paid by card"
NOTHING_ELSE = (0, 0)
LITTLE = (0, 1)
FIRST, SECOND, THIRD = (((sku, 2),) for sku in wares.SCARCE)
BLANKETS, TOWELS = ((wares.IN_NORTH, 3),), ((wares.IN_SOUTH, 3),)
ASKED_THE_BANK = card("tok_needs_customer")
SAYS_NO = {"customer": do.refuse_at_bank, "payment_declined": do.cancel}
PAYS_BY_TRANSFER = {"channel": "phone", "payment": TRANSFER}
ARRIVES, NEVER_COMES = {"bank_transfer": do.record_transfer}, {"bank_transfer": do.cancel}

# fmt: off
STORIES = (
    # All goes well.
    _a(BY_CARD, 60),
    _a("express", 8, shipping="express"),
    _a("at the counter, in cash", 16, channel="store", payment=CASH, shipping="pickup"),
    _a("by phone, on terms", 14, channel="phone", payment=TERMS),
    _a("from two warehouses", 6, items=(*BLANKETS, *TOWELS), ordinary=LITTLE),
    # Payment.
    _a("bank transfer arrives", 6, **PAYS_BY_TRANSFER, answers=ARRIVES),
    _a("bank transfer never comes", 3, ends=CANCELLED, **PAYS_BY_TRANSFER, answers=NEVER_COMES),
    _a("card declined, another one works", 5, payment=card("tok_declined"),
       answers={"payment_declined": do.pay_otherwise}),
    _a("no money on the card, given up", 3, ends=CANCELLED, payment=card("tok_insufficient_funds"),
       answers={"payment_declined": do.cancel}),
    _a("time-out before the charge", 5, payment=card("tok_timeout_before")),
    _a("time-out after the charge", 5, payment=card("tok_timeout_after")),
    _a("time-out after the capture", 3, payment=card("tok_capture_timeout_after")),
    _a("gateway busy", 2, payment=card("tok_busy")),
    _a("gateway slow", 3, payment=card("tok_slow")),
    _a("webhook before the answer", 2, payment=card("tok_webhook_first")),
    _a("webhook out of order", 2, payment=card("tok_webhook_late")),
    _a("webhook twice", 2, payment=card("tok_webhook_twice")),
    _a("customer confirms at the bank", 4, payment=ASKED_THE_BANK,
       answers={"customer": do.confirm_at_bank}),
    _a("customer says no at the bank", 2, ends=CANCELLED, payment=ASKED_THE_BANK, answers=SAYS_NO),
    # A person has to look.
    _a("wrong address, corrected", 6, mistake=True, answers={"review": do.correct_address}),
    _a("wrong address, no reply", 2, ends=REJECTED, mistake=True, answers={"review": do.reject}),
    _a("price from an old catalogue", 3, channel="phone", wrong_price=True,
       answers={"review": do.approve}),
    _a("worth a second look", 2, items=((wares.PRECIOUS, 3),), ordinary=NOTHING_ELSE,
       answers={"review": do.approve}),
    _a("clicked twice", 3, then=do.order_once_more),
    _a("stopped by hand, then let go", 3, then=do.stop, answers={"hold": do.let_go}),
    # Sent again: taken once.
    _a("same key again", 8, then=do.send_again),
    _a("same external id again", 6, then=do.send_again_unkeyed),
    # Stock.
    _a("waits for the supplier", 6, items=FIRST, ordinary=NOTHING_ELSE),
    _a("part now, part later", 5, items=SECOND, ordinary=(1, 2)),
    _a("all at once or not at all", 4, items=THIRD, ordinary=(1, 2), complete=True),
    _a("tired of waiting", 3, ends=CANCELLED, items=((wares.NEVER, 1),), ordinary=NOTHING_ELSE,
       answers={"stock": do.cancel}),
    _a("sold out", 4, ends=NOWHERE, items=((wares.SOLD_OUT, 1),), refused="out_of_stock"),
    _a("no longer sold", 2, ends=NOWHERE, items=((wares.RETIRED, 1),), refused="inactive_sku"),
    _a("no such product", 2, ends=NOWHERE, items=(("NO-SUCH-THING", 1),), refused="unknown_sku"),
    # Second thoughts.
    _a("cancelled in the middle", 8, ends=EITHER, then=do.change_mind),
    _a("cancelled when it has left", 2, answers={"delivery": do.cancel_too_late}),
    _a("fewer, before the transfer", 3, **PAYS_BY_TRANSFER, items=BLANKETS, then=do.want_fewer,
       answers=ARRIVES),
    _a("fewer, while it is picked", 4, items=TOWELS, then=do.want_fewer),
    # On the way.
    _a("carrier busy", 2, word="BUSY"),
    _a("label made, answer lost", 2, word="TIMEOUT"),
    _a("parcel lost", 2, word="LOST", answers={"lost_parcel": do.close_as_lost}),
    _a("too heavy for the carrier", 2, ends=CANCELLED, items=((wares.HEAVY, 2),),
       ordinary=NOTHING_ELSE, answers={"hold": do.cancel}),
)
# fmt: on

CLICKED_AGAIN = _a("clicked twice: the second", 0, ends=REJECTED, answers={"review": do.reject})


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
