"""How often Python looks for objects that hold each other.

Orders hold no circles: what comes with one goes with its answer, without the collector. Looking
for circles as often as Python does by itself takes a tenth of all time in a busy process.
"""

import gc

OBJECTS_BETWEEN_COLLECTIONS = (10_000, 50, 50)


def collect_seldom() -> None:
    """For the whole process, when what it needs is loaded: that stays and is looked at no more."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*OBJECTS_BETWEEN_COLLECTIONS)
