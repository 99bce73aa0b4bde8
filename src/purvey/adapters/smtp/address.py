"""Whether a text is one e-mail address and nothing else, and how mail servers want to read it.

Coarse on purpose: whether a mailbox exists only its server knows. Refused is what could be taken
for two addresses, or for another line of the header.
"""

import re
from email.headerregistry import Address

# No white space, no control characters, none of the signs that separate or enclose addresses.
_PART = r"""[^\s\x00-\x20\x7f-\x9f<>()\[\]\\,;:@"]"""
_ADDRESS = re.compile(f"{_PART}{{1,64}}@{_PART}{{1,255}}")


def is_address(text: str) -> bool:
    return _ADDRESS.fullmatch(text) is not None


def to_header(text: str) -> Address:
    """For "shop@example.com" or "Lee, Ltd <shop@example.com>": names may have commas, as shops do.

    Raises ValueError for what is not one address.
    """
    name, bracket, address = text.strip().rpartition("<")
    address = address.removesuffix(">") if bracket else address
    if not is_address(address) or not name.isprintable():
        raise ValueError("write shop@example.com or My Shop <shop@example.com>")
    local, _, domain = (in_ascii(address) or address).rpartition("@")
    return Address(display_name=name.strip().strip('"'), username=local, domain=domain)


def in_ascii(address: str) -> str | None:
    """With the domain as DNS has it. None when that cannot be: then the server needs SMTPUTF8."""
    local, _, domain = address.rpartition("@")
    try:
        return f"{local}@{domain.encode('idna').decode()}" if local.isascii() else None
    except UnicodeError:
        return None
