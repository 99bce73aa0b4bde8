"""A label in ZPL, the language of label printers: 4 x 6 inches at 203 dots an inch.

Text that people wrote is never trusted: `^` and `~` begin commands, so they are written as ^FH's
hexadecimal escapes, as is the escape sign itself.
"""

from functools import lru_cache

from babel import Locale

from purvey.domain.draft import Address
from purvey.ports.carrier import Parcel

WIDTH, HEIGHT, LEFT = 812, 1218, 40
ROOM = WIDTH - 2 * LEFT
MAX_LETTERS = 60  # longer lines are cut: they would leave the paper

_ESCAPES = {ord("^"): "_5E", ord("~"): "_7E", ord("_"): "_5F", 0x7F: " "}
_ESCAPES |= dict.fromkeys([*range(0x20), *range(0x80, 0xA0), 0x2028, 0x2029], " ")


def label_in_zpl(*, parcel: Parcel, tracking_number: str, carrier: str) -> str:
    return f"""\
^XA
^CI28^PW{WIDTH}^LL{HEIGHT}^LH0,0
{_text(40, carrier.upper(), height=52)}
{_text(104, parcel.service.upper(), height=40)}
^FO{LEFT},164^GB{ROOM},4,4^FS
{_text(184, "TO", height=28)}
{_address(parcel.to)}
^FO{LEFT},620^GB{ROOM},4,4^FS
{_text(640, f"Order {parcel.contents}", height=40)}
{_text(696, f"Weight {parcel.weight_grams / 1000:.2f} kg", height=32)}
{_text(740, f"From {parcel.from_location}", height=32)}
^FO{LEFT},796^GB{ROOM},4,4^FS
^FO94,840^BY4^BCN,240,N,N,N,A^FD{tracking_number}^FS
{_text(1104, _in_groups(tracking_number), height=48)}
^XZ
"""


def _address(to: Address) -> str:
    street = (to.name, to.company, to.line1, to.line2)
    city = " ".join(part for part in (to.city, to.region, to.postal_code) if part)
    lines = [line for line in (*street, city, _country(to.country or "").upper()) if line]
    return "\n".join(_text(224 + 62 * row, line, height=52) for row, line in enumerate(lines))


def _text(y: int, text: str, *, height: int) -> str:
    text = text[:MAX_LETTERS]
    # A letter is about half as wide as it is high.
    fitting = min(height, 2 * ROOM // len(text)) if text else height
    return f"^FO{LEFT},{y}^A0N,{fitting},{fitting}^FH^FD{text.translate(_ESCAPES)}^FS"


def _in_groups(tracking_number: str) -> str:
    return " ".join(tracking_number[i : i + 4] for i in range(2, 18, 4)).join(("PV ", ""))


@lru_cache(maxsize=300)
def _country(code: str) -> str:
    return str(Locale("en").territories.get(code, code))
