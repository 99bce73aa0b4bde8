"""The kit for trying things out: a shop in plain words, stories told as tables.

Used by our own tests and shipped for authors of adapters. Needs no server and no network.
"""

from purvey.testing.clock import Clock
from purvey.testing.shop import Shop
from purvey.testing.story import StoryWentWrong, story

__all__ = ["Clock", "Shop", "StoryWentWrong", "story"]
