"""Which URLs and network addresses a webhook may go to. Pure; names are looked up elsewhere.

Ports: 80, 443, and those from 1024 on. What listens below speaks other protocols (mail, SSH, name
servers), and a POST that the shop signs has no business there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

Network = IPv4Network | IPv6Network
MAX_URL = 500
WEB_PORTS = (80, 443)
FIRST_FREE_PORT = 1024

# IANA's registries of special-purpose addresses (RFC 6890 and its updates), and multicast.
_NOT_PUBLIC_4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)
_UNICAST_6 = IPv6Network("2000::/3")  # all that IANA has given out for the public
_NOT_PUBLIC_6 = tuple(map(IPv6Network, ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")))
_NAT64 = IPv6Network("64:ff9b::/96")  # stands for an IPv4 address (RFC 6052)


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlRules:
    """What the shop's settings allow beyond https to public addresses."""

    networks: tuple[Network, ...] = ()
    plain_http: bool = False

    @staticmethod
    def parse(networks: str, *, plain_http: bool) -> "UrlRules":
        """Raises ValueError."""
        given = [part.strip() for part in networks.split(",") if part.strip()]
        return UrlRules(networks=tuple(map(ip_network, given)), plain_http=plain_http)

    def allows(self, address: str) -> bool:
        """May a connection go to this address?"""
        parsed = _embedded(ip_address(address.partition("%")[0]))
        if any(parsed.version == n.version and parsed in n for n in self.networks):
            return True
        if isinstance(parsed, IPv4Address):
            return not any(parsed in network for network in _NOT_PUBLIC_4)
        return parsed in _UNICAST_6 and not any(parsed in network for network in _NOT_PUBLIC_6)

    def problem_with(self, url: str) -> str | None:
        """What is wrong with the URL as it stands, in a sentence; None: nothing."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return "This is no URL."
        return self._problem(url, parts) or _port_problem(port) or self._host_problem(parts)

    def _problem(self, url: str, parts: SplitResult) -> str | None:
        if len(url) > MAX_URL or not (url.isascii() and url.isprintable()) or " " in url:
            return f"Write a URL of at most {MAX_URL} ASCII characters, without blanks."
        if parts.scheme == "http" and not self.plain_http:
            return "Write https://; plain http needs the setting webhook_plain_http."
        if parts.scheme not in ("http", "https") or not parts.hostname:
            return "Write a whole URL, such as https://example.com/hooks."
        if parts.username is not None or parts.password is not None or parts.fragment:
            return "Leave out user, password and #fragment: the signature says who sends it."
        return None

    def _host_problem(self, parts: SplitResult) -> str | None:
        """Of an address. A name is looked up at each attempt, and its addresses are checked."""
        try:
            allowed = self.allows(parts.hostname or "")
        except ValueError:
            return None
        return None if allowed else not_public(parts.hostname or "")


def not_public(address: str) -> str:
    return f"{address} is not a public address; the setting webhook_networks can allow its network."


def public_ones(rules: UrlRules, addresses: Sequence[str]) -> list[str]:
    return [address for address in addresses if rules.allows(address)]


def _port_problem(port: int | None) -> str | None:
    if port is None or port in WEB_PORTS or port >= FIRST_FREE_PORT:
        return None
    return f"Port {port} is not one for webhooks: use 80, 443 or one from {FIRST_FREE_PORT} on."


def _embedded(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """An IPv6 address that stands for an IPv4 one is as good or bad as that."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address
