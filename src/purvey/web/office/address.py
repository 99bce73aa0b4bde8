"""Where a request comes from, for limiting log-ins; never logged and kept only as a hash."""

from starlette.requests import Request

from purvey.wiring import House


def address_of(request: Request) -> str:
    """The caller's. Behind `trusted_proxies` proxies, each of which adds whom it heard from to
    X-Forwarded-For, it is that many from the end; what stands before it anybody can have written.
    """
    house: House = request.app.state.house
    heard_from = request.client.host if request.client else "unknown"
    count = house.settings.trusted_proxies
    if count <= 0:
        return heard_from
    told = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
    return told[-count] if len(told) >= count and told[-count] else heard_from
