"""Barcodes in pictures of a phone's camera, for browsers that cannot read barcodes themselves.

The page sends a small picture a few times a second; it is read in memory and kept nowhere.
"""

import io
from typing import IO

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from purvey.web.office.door import Visitor, deed
from purvey.web.office.warehouse.work import PLACE, WRITE

MAX_SIDE = 1_280  # pixels
MAX_PICTURE_BYTES = 500_000
MAX_CODE = 200  # characters, as in the field for scans
# What stands on goods, parcels and our own papers. Others are left out: the fewer kinds are looked
# for, the less is seen that is not there.
KINDS = "EAN13,EAN8,UPCA,UPCE,Code128,Code39,ITF,QRCode,DataMatrix"
UNREADABLE = (
    f"picture: send one JPEG of at most {MAX_SIDE} pixels a side and {MAX_PICTURE_BYTES:,} bytes."
)


@deed(f"{PLACE}/pictures", right=WRITE)
def read_picture(request: Request, visitor: Visitor, form: FormData) -> Response:
    """Fields: picture (a file). Answers the codes that are in it, often none."""
    picture = form.get("picture")
    if not isinstance(picture, UploadFile) or (picture.size or 0) > MAX_PICTURE_BYTES:
        raise HTTPException(422, UNREADABLE)
    return JSONResponse({"codes": codes_in(picture.file)})


def codes_in(jpeg: IO[bytes]) -> list[str]:
    """Raises HTTPException (422) for what is no small JPEG."""
    import zxingcpp  # loaded where a picture comes: few shops need them
    from PIL import Image

    try:
        picture = Image.open(io.BytesIO(jpeg.read()), formats=["JPEG"])
        # Both are said by the head: nothing was unpacked yet. A progressive one may be unpacked a
        # thousand times over; cameras and canvases make none.
        if max(picture.size) > MAX_SIDE or picture.info.get("progressive"):
            raise HTTPException(422, UNREADABLE)
        grey = picture.convert("L")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise HTTPException(422, UNREADABLE) from None
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.barcode_formats_from_str(KINDS))
    return list(dict.fromkeys(one.text[:MAX_CODE] for one in found if one.text))
