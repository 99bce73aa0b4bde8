"""Technical trouble with an adapter. Business outcomes ("declined") are results, never exceptions.

Trouble
├── TryLater   it will work later: time-out before anything happened, 429, 503
├── Unknown    it may or may not have happened: ask before doing anything else
└── GiveUp     it will never work: bad credentials, unsupported; a person must look
"""


class Trouble(Exception):
    """An adapter could not do its work."""


class TryLater(Trouble):
    """The outside is not reachable or too busy; nothing has happened."""

    def __init__(self, reason: str, after_seconds: float | None = None):
        super().__init__(reason)
        self.after_seconds = after_seconds


class Unknown(Trouble):
    """The answer was lost; whether it happened is not known."""


class GiveUp(Trouble):
    """This will not work however often it is tried."""
