"""Barcodes of products: GTINs, the number below the bars, each with its check digit.

Source: GS1 General Specifications, section 7.9 (check digit) and 3.3 (one number, four lengths).
"""

from stdnum import ean

LENGTHS = (8, 13, 14)  # as they are kept; 12 digits (UPC-A) are 13 with a zero before them


def gtin(text: str) -> str | None:
    """The number as it is kept, whichever way it was scanned or typed; None if it is none."""
    number = ean.compact(text)
    if not (number.isascii() and ean.is_valid(number)):
        return None
    if len(number) == 14 and number.startswith("0"):
        return number[1:]
    return number.zfill(13) if len(number) == 12 else number


def written(barcode: str | None) -> tuple[str, ...]:
    """Every way in which a scanner may send a number that is kept as `gtin` gives it."""
    if barcode is None:
        return ()
    if len(barcode) != 13:
        return (barcode,)
    upc = (barcode[1:],) if barcode.startswith("0") else ()
    return (barcode, f"0{barcode}", *upc)
