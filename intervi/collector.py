"""Python's garbage collector in a web process."""

import gc

THRESHOLDS = (10_000, 3, 50)
"""Objects made, and collections of each generation, until the next one. Python's own (700, 10, 10) are for small programs: an event of the
pages makes thousands of objects. The youngest generation is then gone through in a few milliseconds, and the middle one,
in which little must gather, in some tens."""


def settle() -> None:
    """What the application is made of is there to stay, and is not looked through again; and what is, less often.

    The pages are 320,000 objects, and a full collection over them took 0.34 s, in which nobody was answered. To be called in each process
    once all is built.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
