"""Orders that no text may fail on: with everything, with almost nothing, a collected one."""

from dataclasses import replace

from purvey.adapters.messages.facts import MessageFacts, MessageLine, Totals, Tracking
from purvey.adapters.messages.frame import Frame
from purvey.adapters.messages.guarded import Compiled
from purvey.adapters.messages.rendering import Part, render
from purvey.adapters.messages.texts import LANGUAGES

CUP = MessageLine(name="Red mug", sku="M-1", quantity=6, unit_price="£2.55", total="£15.30")
FULL = MessageFacts(
    shop_name="Lee & Sons",
    order_number="1001",
    order_url="https://shop.example/track/abc",
    customer_name="Ann Lee",
    lines=(CUP, replace(CUP, name="Blue mug", sku="M-2", waiting=2)),
    totals=Totals(
        lines="£30.60", discounts="-£2.00", shipping="£3.95", tax="£5.10", total="£37.65"
    ),
    ship_to=("Ann Lee", "1 High Street", "Leeds LS1 4DT"),
    tracking=Tracking(
        carrier="Sandbox Post", number="PV1234", url="https://carrier.example/track/PV1234"
    ),
    promised="Tuesday 2 – Thursday 4 December",
    stock_expected="3 May",
    amount="£15.30",
    confirm_url="https://bank.example/confirm/1",
    instructions="To: Lee & Sons, Returns, 2 Mill Lane, Leeds LS1 4DT",
    send_by="Tuesday 16 December",
    reason="Your bank declined the payment.",
)
BARE = MessageFacts(shop_name="Lee", order_number="1001", order_url="https://shop.example/track/a")
COLLECTED = replace(FULL, collect_at="Leeds", tracking=None, ship_to=())
LONG = replace(FULL, lines=(CUP,) * 500)
SAMPLES = {"full": FULL, "bare": BARE, "collected": COLLECTED, "long": LONG}


def try_out(message: str, text: Compiled, *, language: str) -> None:
    """Render the text on every sample. Raises BadText on the first that it fails on."""
    for facts in SAMPLES.values():
        if message == "footer":
            render(Part(message="shipped", facts=facts), language=language, footer=text)
        else:
            render(Part(message=message, facts=facts, text=text), language=language)


def try_out_frame(frame: Frame) -> None:
    """The same with a frame, in each language."""
    for language in LANGUAGES:
        for facts in SAMPLES.values():
            render(Part(message="confirmation", facts=facts), language=language, frame=frame)
