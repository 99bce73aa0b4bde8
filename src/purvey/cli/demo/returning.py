"""When all orders have ended, some of the goods come back. The last two wait for people."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from purvey.cli.demo.api import Api, Unexpected
from purvey.cli.demo.people import JsonObject

Deed = Callable[["ComingBack"], JsonObject]


class ComingBack:
    """One order of which the first line comes back, as the API does it."""

    def __init__(self, api: Api, order: JsonObject):
        self._api, self._order = api, order
        self.units: int = order["lines"][0]["shipped"]
        self.place: str = order["shipments"][0]["location"]

    def ask(self, reason: str) -> JsonObject:
        line = {"line": "1", "quantity": self.units, "reason": reason}
        body = {"order": self._order["number"], "lines": [line]}
        return self._api.post("/returns", body).done()

    def unasked(self) -> JsonObject:
        body = {"order": self._order["number"], "arrived": True, "location": self.place}
        return self._api.post("/returns", body).done()

    def step(self, returned: JsonObject, name: str, **body: Any) -> JsonObject:
        return self._api.post(f"/returns/{returned['id']}/{name}", body).done()

    def bring(self, returned: JsonObject) -> JsonObject:
        self.step(returned, "approve")
        return self.step(returned, "parcel_returned", location=self.place)

    def settle(self, returned: JsonObject, disposition: str, *, percent: int = 100) -> JsonObject:
        """Every unit is found alike, and what was shown goes back."""
        condition = "as_new" if disposition == "restock" else "damaged"
        found = [
            {
                "line": line["line"],
                "quantity": line["quantity"],
                "condition": condition,
                "disposition": disposition,
                "refund_percent": percent,
            }
            for line in returned["lines"]
        ]
        seen = self.step(returned, "inspect", lines=found)
        amount = seen["refund"]["total"]
        return self.step(returned, "settle", amount=amount, paid_out=True)


def _as_new(goods: ComingBack) -> JsonObject:
    return goods.settle(goods.bring(goods.ask("changed_mind")), "restock")


def _worn(goods: ComingBack) -> JsonObject:
    return goods.settle(goods.bring(goods.ask("changed_mind")), "scrap", percent=50)


def _unasked(goods: ComingBack) -> JsonObject:
    return goods.settle(goods.unasked(), "restock")


def _refused(goods: ComingBack) -> JsonObject:
    return goods.step(goods.ask("other"), "refuse", reason="It was made to measure for you.")


def _kept(goods: ComingBack) -> JsonObject:
    returned = goods.ask("late")
    goods.step(returned, "approve")
    return goods.step(returned, "withdraw")


def _waits_to_be_inspected(goods: ComingBack) -> JsonObject:
    return goods.bring(goods.ask("damaged"))


def _waits_for_an_answer(goods: ComingBack) -> JsonObject:
    return goods.ask("not_as_described")


STORIES: Mapping[str, tuple[Deed, str]] = {
    "comes back as good as new": (_as_new, "settled"),
    "comes back worn, for half the price": (_worn, "settled"),
    "comes back without having been asked for": (_unasked, "settled"),
    "may not come back": (_refused, "refused"),
    "may come back, and is kept": (_kept, "withdrawn"),
    "is here and waits to be inspected": (_waits_to_be_inspected, "received"),
    "waits for an answer": (_waits_for_an_answer, "requested"),
}


def take_back(api: Api, numbers: Sequence[str]) -> Iterator[tuple[str, str]]:
    """One story for each order, as far as there are orders: its name, and the state it ended in.

    Raises Unexpected when the shop gives another answer than it has to.
    """
    for number, (name, (deed, state)) in zip(numbers, STORIES.items(), strict=False):
        order = api.get(f"/orders/{number}").done()
        returned = deed(ComingBack(api, order))
        if returned["state"] != state:
            raise Unexpected(f"A return of order {number} is {returned['state']}, not {state}.")
        yield name, state
