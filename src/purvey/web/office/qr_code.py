"""A QR code as SVG inside a page."""

import re

from markupsafe import Markup

_SIZE = re.compile(r'<svg width="(\d+)" height="(\d+)"')
_PATH = re.compile(r'<path d="([MmHhVvZz0-9 .-]+)"')
TEMPLATE = Markup(
    '<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {width} {height}"'
    ' width="240" height="240" shape-rendering="crispEdges">'
    '<rect width="{width}" height="{height}" fill="#fff"/><path d="{path}" fill="#000"/></svg>'
)


def qr_svg(text: str, *, label: str) -> Markup:
    """Only the size and the squares are taken over: what the code says cannot become markup."""
    import zxingcpp

    drawn = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode).to_svg()
    size, path = _SIZE.search(drawn), _PATH.search(drawn)
    assert size and path, "the library draws a QR code as one path"
    return TEMPLATE.format(label=label, width=size[1], height=size[2], path=path[1])
