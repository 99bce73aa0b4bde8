"""Pages are packed for the line: a list of orders is a fifth of its length.

What a page repeats of the address may be somebody else's guess, and the packed length tells how
much of it stands on the page already (BREACH). So each answer is longer by a number of its own.
"""

import secrets
import zlib

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

SHORT = 1_000  # bytes that fit one packet anyway
LEVEL = 4  # half a millisecond for a long page
MOST_EXTRA = 64  # bytes
_NAMED = b"\x1f\x8b\x08\x08\0\0\0\0\0\x03"  # RFC 1952: deflated, with a file name, no time, Unix


def packed(request: Request, answer: Response) -> Response:
    """The same answer, shorter, if the browser can unpack it."""
    if isinstance(answer, StreamingResponse) or not _is_long_text(answer):
        return answer
    answer.headers.add_vary_header("Accept-Encoding")
    if "gzip" in request.headers.get("accept-encoding", ""):
        answer.body = _gzip(bytes(answer.body))
        answer.headers["Content-Encoding"] = "gzip"
        answer.headers["Content-Length"] = str(len(answer.body))
    return answer


def _is_long_text(answer: Response) -> bool:
    kind = answer.headers.get("content-type", "")
    is_text = kind.startswith("text/") and "content-encoding" not in answer.headers
    return is_text and len(answer.body) > SHORT


def _gzip(text: bytes) -> bytes:
    """Its header names a file of some length; programs that unpack it skip the name."""
    name = b"x" * secrets.randbelow(MOST_EXTRA) + b"\0"
    pack = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
    end = zlib.crc32(text).to_bytes(4, "little") + (len(text) % 2**32).to_bytes(4, "little")
    return b"".join([_NAMED, name, pack.compress(text), pack.flush(), end])
