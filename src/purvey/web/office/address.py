"""Where a request comes from, for limiting log-ins; never logged and kept only as a hash."""

from ipaddress import IPv4Address, ip_address, ip_network

from starlette.requests import Request

from purvey.wiring import House

MAX_LENGTH = 100


def address_of(request: Request) -> str:
    """The caller's. Behind `trusted_proxies` proxies, each of which adds whom it heard from to
    X-Forwarded-For, it is that many from the end; what stands before it anybody can have written.
    """
    house: House = request.app.state.house
    address = request.client.host if request.client else "unknown"
    count = house.settings.trusted_proxies
    told = [part.strip() for part in request.headers.get("x-forwarded-for", "").split(",")]
    if 0 < count <= len(told) and told[-count]:
        address = told[-count]
    return _household(address)


def _household(address: str) -> str:
    """Of IPv6 the first half: whoever has one address of it has 2^64 of them (RFC 6177)."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address[:MAX_LENGTH]
    if isinstance(parsed, IPv4Address):
        return str(parsed)
    mapped = parsed.ipv4_mapped
    return str(mapped or ip_network(f"{parsed}/64", strict=False))
