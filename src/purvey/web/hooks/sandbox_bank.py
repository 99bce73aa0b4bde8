"""`/sandbox/confirm/{reference}`: the page of the sandbox's bank, where a customer says yes or no.

A real gateway has such a page of its own; its address is what `NeedsCustomer` bears. The answer
goes to the shop as a webhook, as a real one would.
"""

from typing import Any, cast

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from purvey.adapters.sandbox_gateway.gateway import SandboxGateway
from purvey.ports.payment import Authorised
from purvey.ports.trouble import GiveUp
from purvey.web.hooks.inbound import store_webhook
from purvey.web.pages.html import page
from purvey.web.problems import not_found
from purvey.wiring import House

SANDBOX = "sandbox"
POSTS_AT_ONCE = 50
ANSWERS = {
    True: "The payment is confirmed. You can close this page; the shop knows.",
    False: "The payment is not confirmed. You can close this page; the shop knows.",
}


async def sandbox_bank(request: Request) -> Response:
    house, reference = request.app.state.house, request.path_params["reference"]
    if request.method != "POST":
        return await run_in_threadpool(_ask, house, reference)
    says_yes = (await request.form()).get("answer") == "yes"
    return await run_in_threadpool(_settle, house, reference, says_yes=says_yes)


def _ask(house: House, reference: str) -> Response:
    _gateway(house)
    return _page(house, reference=reference, answer=None)


def _settle(house: House, reference: str, *, says_yes: bool) -> Response:
    bank = _gateway(house)
    try:
        verdict = (bank.confirm if says_yes else bank.reject)(reference=reference)
    except GiveUp:
        raise not_found("payment") from None
    _post(house, bank)
    return _page(house, reference=reference, answer=ANSWERS[isinstance(verdict, Authorised)])


def _post(house: House, bank: SandboxGateway) -> None:
    posts = bank.undelivered(limit=POSTS_AT_ONCE, now=house.clock())
    for post in posts:
        store_webhook(house, SANDBOX, headers=dict(post.headers), body=post.body)
    bank.mark_delivered(ids=[post.id for post in posts])


def _gateway(house: House) -> SandboxGateway:
    """Raises Problem (404) in a shop that does not use the sandbox."""
    try:
        return cast(SandboxGateway, house.outside.gateway(SANDBOX))
    except GiveUp:
        raise not_found("page") from None


def _page(house: House, **values: Any) -> Response:
    shop = house.settings.shop_name
    return page("sandbox_bank.html", forms=True, shop=shop, language="en", **values)
