"""A parcel's label as people print it."""

import base64

from purvey.ports.storage import Document

PDF = "application/pdf"


def drawn(document: Document) -> bytes:
    """As PDF. Raises ValueError for a carrier's format that cannot be drawn."""
    from purvey.adapters.sandbox_carrier.pdf import label_pdf  # loads reportlab

    if document.media_type == PDF:
        return base64.b64decode(document.body)
    return label_pdf(document.body)
