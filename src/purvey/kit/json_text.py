"""JSON as it is kept. `json.dumps` with options makes a new encoder each time: twice the price."""

import json
from datetime import datetime

compact = json.JSONEncoder(ensure_ascii=False).encode
canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def time_text(at: datetime) -> str:
    """RFC 3339 to the millisecond. Times are aware UTC everywhere, so what is cut off is +00:00."""
    return at.isoformat(timespec="milliseconds")[:-6] + "Z"
