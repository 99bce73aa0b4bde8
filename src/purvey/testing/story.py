"""Whole orders told as tables: what happens -> where the order is, and what was promised by it.

    story('''
        stock 5 A
        order 3 A                 -> reserved    notify.confirmation payment.secure
        gateway authorised        -> ready
        pick                      -> fulfilling
    ''', shop=shop)

A line without an arrow sets the stage. Behind the arrow stand the order's state and the effects
that were new in the outbox, each as often as it was promised, in any order. VERBS lists what can
happen; "stock.fill" and timers are done by `wait`.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from purvey.domain.draft import PaymentChoice
from purvey.domain.order import Order, Shipment
from purvey.domain.states import ShipmentState
from purvey.kit.process import Refusal
from purvey.operations.hold import PlaceHold, ReleaseHold, place_holds, release_holds
from purvey.testing.shop import BY_GATEWAY, Shop
from purvey.testing.story_returns import RETURN_VERBS

CHOICES = {
    "gateway": BY_GATEWAY,
    "cash": PaymentChoice(method="cash"),
    "bank_transfer": PaymentChoice(method="bank_transfer"),
    "terms": PaymentChoice(method="terms", terms="net30", purchase_order="PO-9"),
}
MINUTES_PER_LINE = 10


class StoryWentWrong(AssertionError):
    """A line of the story did not lead to what stands behind its arrow."""


def story(text: str, *, shop: Shop) -> Order | None:
    """Tell it; returns the order as it is at the end."""
    teller = Teller(shop)
    for number, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        shop.clock.forward(minutes=MINUTES_PER_LINE)
        happens, arrow, expected = line.partition("->")
        before = Counter(m.key for m in shop.outbox())
        answer = teller.tell(happens)
        if arrow:
            _compare(f"line {number}: {line}", expected, _outcome(teller, answer, before))
    return shop.look(teller.order) if teller.has_order else None


def _outcome(teller: "Teller", answer: object, before: Counter[str]) -> list[str]:
    """A refusal's code stands in brackets behind the state."""
    new = sorted(m.effect for m in teller.shop.outbox() if m.key not in before)
    refused = [f"({answer.code})"] if isinstance(answer, Refusal) else []
    state = str(teller.shop.look(teller.order).state) if teller.has_order else "nothing"
    return [state, *refused, *new]


def _compare(line: str, expected: str, found: list[str]) -> None:
    state, *effects = expected.split()
    if [state, *sorted(effects)] != found:
        raise StoryWentWrong(f"{line}\n    it came out as: {' '.join(found)}")


@dataclass
class Teller:
    """Knows which order the story is about: the last one that was taken."""

    shop: Shop
    last: Order | None = None

    @property
    def has_order(self) -> bool:
        return self.last is not None

    @property
    def order(self) -> Order:
        assert self.last is not None, "the story has no order yet"
        return self.last

    def tell(self, happens: str) -> object:
        words = happens.split()
        for length in range(min(3, len(words)), 0, -1):
            verb = VERBS.get(" ".join(words[:length]))
            if verb is not None:
                return verb(self, words[length:])
        raise StoryWentWrong(f"nobody knows how to '{happens.strip()}'; there are: {sorted(VERBS)}")

    def shipment(self, *states: ShipmentState) -> Shipment:
        """The first one in one of these states."""
        found = [x for x in self.shop.look(self.order).shipments if x.state in states]
        if not found:
            raise StoryWentWrong(f"no shipment is {' or '.join(states)}")
        return found[0]


def _stock(teller: Teller, words: list[str]) -> object:
    """stock 5 A [at leeds] [limit 2]"""
    units, sku, *rest = words
    options = dict(zip(rest[::2], rest[1::2], strict=True))
    place = options.get("at", "main")
    if place != "main":
        teller.shop.location(place)
    product = {"backorder_limit": int(options["limit"])} if "limit" in options else {}
    teller.shop.stock(int(units), sku, at=place, **product)
    return None


def _order(teller: Teller, words: list[str]) -> object:
    """order 3 A 1 B [by bank_transfer] [in store] [to nowhere]"""
    pairs = {"by": "gateway", "in": "web"}
    while len(words) > 2 and words[-2] in pairs:
        pairs[words[-2]] = words[-1]
        words = words[:-2]
    lines = [(int(units), sku) for units, sku in zip(words[::2], words[1::2], strict=True)]
    shop = teller.shop
    draft = shop.draft(*lines, payment=CHOICES[pairs["by"]], channel=pairs["in"])
    (answer,) = shop.receive(draft)
    if isinstance(answer, Refusal):
        return answer
    teller.last = answer.order
    return None


def _order_too_big(teller: Teller, words: list[str]) -> object:
    """big order 3 A: above the limit up to which nobody has to look."""
    (units, sku) = words
    line = teller.shop.draft((int(units), sku)).lines[0]
    dear = type(line)(sku=sku, quantity=line.quantity, unit_price=1_000_000)
    teller.last = teller.shop.take(teller.shop.draft(lines=(dear,)))
    return None


def _gateway(teller: Teller, words: list[str]) -> object:
    """gateway declined [reason ...]"""
    kind, *reason = words
    return teller.shop.gateway_says(teller.order, kind, reason=" ".join(reason) or None)


def _decided(trigger: str) -> "Verb":
    def verb(teller: Teller, words: list[str]) -> object:
        return teller.shop.decide(teller.order, trigger, reason=" ".join(words))

    return verb


def _stepped(trigger: str, *states: ShipmentState) -> "Verb":
    def verb(teller: Teller, words: list[str]) -> object:
        return teller.shop.step(teller.shipment(*states), trigger)

    return verb


def _told(kind: str) -> "Verb":
    def verb(teller: Teller, words: list[str]) -> object:
        teller.shop.carrier_says(teller.shipment(*_WITH_CARRIER), kind)
        return None

    return verb


def _label(teller: Teller, words: list[str]) -> object:
    teller.shop.label(teller.shipment(s.PACKED, s.CANCELLED))
    return None


def _drop(teller: Teller, words: list[str]) -> object:
    """drop 1 of 2 changed mind: one unit of the second line"""
    units, _of, line, *reason = words
    return teller.shop.change(teller.order, cancel={int(line): int(units)}, reason=" ".join(reason))


def _pay_again(teller: Teller, words: list[str]) -> object:
    return teller.shop.pay_again(teller.order, CHOICES[words[0]])


def _money(trigger: str) -> "Verb":
    def verb(teller: Teller, words: list[str]) -> object:
        amount = int(words[0]) if words else None
        return teller.shop.move_money(teller.order, trigger, amount=amount)

    return verb


def _hold(teller: Teller, words: list[str]) -> object:
    wish = PlaceHold(order_id=teller.order.id, reason=" ".join(words))
    return teller.shop.do(place_holds, [wish])[0]


def _release(teller: Teller, words: list[str]) -> object:
    wish = ReleaseHold(order_id=teller.order.id, reason=" ".join(words))
    return teller.shop.do(release_holds, [wish])[0]


def _wait(teller: Teller, words: list[str]) -> object:
    """wait 7 days"""
    amount, unit = words
    teller.shop.clock.forward(**{unit if unit.endswith("s") else f"{unit}s": float(amount)})
    teller.shop.ring()
    return None


s = ShipmentState
_WITH_CARRIER = (s.HANDED_OVER, s.IN_TRANSIT, s.OUT_FOR_DELIVERY)
Verb = Callable[[Teller, list[str]], object]
VERBS: dict[str, Verb] = {
    "stock": _stock,
    "order": _order,
    "big order": _order_too_big,
    "gateway": _gateway,
    "pay again by": _pay_again,
    "money comes in": _money("capture"),
    "money goes back": _money("refund"),
    "approve": _decided("approve"),
    "reject": _decided("reject"),
    "cancel": _decided("cancel"),
    "close": _decided("close"),
    "drop": _drop,
    "hold": _hold,
    "release": _release,
    "pick": _stepped("pick", s.PLANNED),
    "pack": _stepped("pack", s.PICKING),
    "label": _label,
    "hand over": _stepped("hand_over", s.PACKED),
    "deliver": _stepped("deliver", *_WITH_CARRIER),
    "parcel in transit": _told("in_transit"),
    "parcel out for delivery": _told("out_for_delivery"),
    "parcel delivered": _told("delivered"),
    "parcel lost": _told("lost"),
    "wait": _wait,
    **RETURN_VERBS,
}
