"""What stories say of goods that come back. It is always the order's latest return."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from purvey.domain.order import Return
from purvey.domain.returns import quantities
from purvey.operations.decide_returns import ReturnDecision, decide_returns
from purvey.operations.inspect_returns import Found, Inspection, inspect_returns
from purvey.operations.request_returns import ReturnWish, Wanted, request_returns
from purvey.operations.settle_returns import SettleReturn, settle_returns
from purvey.operations.take_returns import ReturnedParcel, take_returns

if TYPE_CHECKING:
    from purvey.testing.story import Teller


def _want_back(teller: "Teller", words: list[str]) -> object:
    """want back 2 [of 1]: units of a line"""
    line = int(words[2]) if len(words) > 2 else 1
    wanted = [Wanted(no=line, quantity=int(words[0]))]
    wish = ReturnWish(order_id=teller.order.id, lines=wanted)
    return teller.shop.do(request_returns, [wish])[0]


def _latest(teller: "Teller") -> Return:
    return max(teller.shop.look(teller.order).returns, key=lambda returned: returned.id)


def _decided(trigger: str) -> Callable[["Teller", list[str]], object]:
    def verb(teller: "Teller", words: list[str]) -> object:
        wish = ReturnDecision(return_id=_latest(teller).id, trigger=trigger, reason=" ".join(words))
        return teller.shop.do(decide_returns, [wish])[0]

    return verb


def _come_back(teller: "Teller", words: list[str]) -> object:
    """goods come back [unasked]"""
    parcel = ReturnedParcel(order_id=teller.order.id, location="main")
    if not words:
        parcel = ReturnedParcel(return_id=_latest(teller).id, location="main")
    return teller.shop.do(take_returns, [parcel])[0]


def _found(teller: "Teller", words: list[str]) -> object:
    """goods found restock [50]: what becomes of all units, and how much of their price goes back"""
    disposition, *percent = words
    returned = _latest(teller)
    lines = [
        Found(
            no=no,
            quantity=units,
            condition="opened",
            disposition=disposition,
            percent=int(percent[0]) if percent else 100,
        )
        for no, units in quantities(returned.lines).items()
    ]
    wish = Inspection(return_id=returned.id, lines=lines)
    return teller.shop.do(inspect_returns, [wish])[0]


def _settled(teller: "Teller", words: list[str]) -> object:
    return teller.shop.do(settle_returns, [SettleReturn(return_id=_latest(teller).id)])[0]


RETURN_VERBS: dict[str, Callable[["Teller", list[str]], object]] = {
    "want back": _want_back,
    "return approved": _decided("approve"),
    "return refused": _decided("refuse"),
    "return withdrawn": _decided("withdraw"),
    "goods come back": _come_back,
    "goods found": _found,
    "return settled": _settled,
}
