"""Problems as people read them: the cause in one sentence, and what mends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from purvey.queries import problem_kinds as kinds
from purvey.queries.problems import Problem
from purvey.web.office.showing import day, words

ALSO = {  # what a message is for: (what was to be done, the right that another try needs)
    "payment.secure": ("Get the money", "payments:write"),
    "payment.ask": ("Ask what became of a payment", "payments:write"),
    "payment.call_off": ("Call off a payment", "payments:write"),
    "payment.capture": ("Take the money for what has left", "payments:write"),
    "payment.return": ("Give money back", "payments:write"),
    "payment.capture_exactly": ("Take an amount", "payments:write"),
    "payment.void_exactly": ("Let go of held money", "payments:write"),
    "payment.refund_exactly": ("Refund an amount", "payments:write"),
    "label.buy": ("Buy the label", "shipments:write"),
    "label.cancel": ("Cancel the label", "shipments:write"),
    "shipment.track": ("Ask where the parcel is", "shipments:write"),
    kinds.INBOX_EFFECT: ("Read a report that came in", "payments:write"),
}
MENDS = {
    "payment": "Look at the gateway; once it answers, try again. Nobody is charged twice.",
    "label": "Correct the address or look at the carrier, then try again.",
    "shipment": "Look the parcel up at the carrier, then try again.",
    "notify": "Mend the mail server's settings, then try again: the customer was not told.",
}


def title_of(effect: str) -> str:
    topic, _, name = effect.partition(".")
    if topic == "notify":
        return f"Tell the customer: {words(name)}"
    return ALSO[effect][0] if effect in ALSO else words(effect.replace(".", " ")).capitalize()


def right_for(effect: str) -> str:
    """What a person must be allowed to, who has a message tried again."""
    if effect.startswith("notify."):
        return "messages:write"
    return ALSO[effect][1] if effect in ALSO else "orders:write"


def mends(effect: str) -> str:
    return MENDS.get(effect.partition(".")[0], "Mend the cause, then try again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    title: str
    cause: str
    remedy: str


def said(kind: str, problem: Problem, *, today: date) -> Said:
    title, cause, remedy = _SAYS[kind](problem, today)
    return Said(title=title, cause=cause, remedy=remedy)


Says = tuple[str, str, str]


def _message(one: Problem, today: date) -> Says:
    return title_of(one.title), one.cause or "No reason was kept.", mends(one.title)


def _payment(one: Problem, today: date) -> Says:
    said = f" It says: {one.cause}" if one.cause else ""
    cause = f"The answer of {one.title} was lost; it is asked until it knows.{said}"
    return "Payment unknown", cause, "Nothing, as a rule. Or ask the gateway now."


def _stuck(one: Problem, today: date) -> Says:
    remedy = "Look at the gateway, then have it asked again; or take another way to pay."
    return one.title or "Payment", one.cause, remedy


def _webhook(one: Problem, today: date) -> Says:
    off = one.detail == "off"
    remedy = "Mend the receiver, then "
    return one.title, one.cause, remedy + ("switch it on." if off else "send again what failed.")


def _inbox(one: Problem, today: date) -> Says:
    source = one.key.split(":")[1]
    remedy = "Look at what came, mend the cause, then read it again."
    return f"From {source}", one.cause or "No reason was kept.", remedy


def _late(one: Problem, today: date) -> Says:
    late = (today - date.fromisoformat(one.cause)).days
    cause = f"Promised for {day(one.cause)}: {late} {'day' if late == 1 else 'days'} ago."
    return one.title or "Parcel", cause, "Ask the carrier; tell the customer another day."


def _lost(one: Problem, today: date) -> Says:
    cause = f"{one.title or 'The carrier'} says that it is lost."
    return "Parcel lost", cause, "Refund it and close the order, and claim it from the carrier."


def _back(one: Problem, today: date) -> Says:
    carrier = one.title or "The carrier"
    if not one.cause:
        return "Parcel is back", "It is here, as a return.", "Inspect and settle the return."
    cause = f"{carrier} could not deliver it and brings it back."
    remedy = "Once it is here, send it again, or take it in as a return and refund it."
    return "Parcel comes back", cause, remedy


def _label(one: Problem, today: date) -> Says:
    return one.title or "Label refused", one.cause, "Correct the address, then offer it again."


def _bounced(one: Problem, today: date) -> Says:
    return one.title, one.cause, "Correct the address, then send the last message again."


_SLOW = {
    "decision": ("Being checked", "Read the worker's log: no order may stay here."),
    "plan": ("Not planned yet", "Read the worker's log: no order may stay here."),
    "label": ("Waits for its label", "Look at the carrier under Settings, Adapters."),
    "payment": ("Waits for the gateway", "Look at the gateway under Settings, Adapters."),
    "stock": ("Waits for stock", "Announce a delivery, or promise another day."),
    "pick": ("Waits to be picked", "Pick it first."),
    "pack": ("Is being picked", "Pack it first."),
    "hand_over": ("Waits for the carrier", "Hand it over, or ask when the carrier comes."),
}


def _slow(one: Problem, today: date) -> Says:
    title, remedy = _SLOW[one.title]
    passed = kinds.TOO_LONG[one.title] is None and one.cause
    cause = f"It was promised for {day(one.cause)}." if passed else "It waits for too long."
    return title, cause, remedy


_SAYS = {
    kinds.MESSAGES: _message,
    kinds.PAYMENTS: _payment,
    kinds.STUCK: _stuck,
    kinds.WEBHOOKS: _webhook,
    kinds.INBOX: _inbox,
    kinds.LATE: _late,
    kinds.LOST: _lost,
    kinds.BACK: _back,
    kinds.LABELS: _label,
    kinds.BOUNCED: _bounced,
    kinds.SLOW: _slow,
}
EXPLAINED: Mapping[str, str] = {
    kinds.MESSAGES: "What was promised to the outside and could not be done in many tries.",
    kinds.PAYMENTS: "The gateway's answer was lost: it may have the money. Nobody pays twice.",
    kinds.STUCK: "The gateway could not be asked; the order waits for you.",
    kinds.WEBHOOKS: "Other systems that could not be told what happened.",
    kinds.INBOX: "What gateways told us and we could not make sense of.",
    kinds.LATE: "On their way, and the promised day has passed.",
    kinds.LOST: "The carrier has given them up.",
    kinds.BACK: "The carrier could not deliver them.",
    kinds.LABELS: "The carrier does not take these parcels.",
    kinds.BOUNCED: "Mails to these customers came back.",
    kinds.SLOW: "Too long in one place. The oldest 50 of each queue are looked at.",
}
