"""Pictures of barcodes, as a camera makes them."""

import io

import zxingcpp
from PIL import Image

SIZE, GREY = (800, 600), (120, 120, 120)


def jpeg_of(picture: Image.Image, *, kind: str = "JPEG", progressive: bool = False) -> bytes:
    made = io.BytesIO()
    picture.save(made, kind, quality=90, progressive=progressive)
    return made.getvalue()


def picture_of(code: str, kind: str) -> bytes:
    """A JPEG: the code in a part of a grey picture. `kind`: a name of zxingcpp.BarcodeFormat."""
    made = zxingcpp.create_barcode(code, getattr(zxingcpp.BarcodeFormat, kind))
    drawn = memoryview(made.to_image(scale=3))
    height, width = drawn.shape
    picture = Image.new("RGB", SIZE, GREY)
    picture.paste(Image.frombytes("L", (width, height), drawn.tobytes()), (150, 200))
    return jpeg_of(picture)
