"""How Python's garbage collector behaves in a process that serves. It stops everything while it looks.

Reference counting frees nearly all that such a process makes; the collector is for objects that hold each other.
By Python's own thresholds it looked through everything alive every 1.2 s at 4,400 messages a second, for 92 to
124 ms with 1,000 sockets open and 138 ms with 2,000, and found almost nothing.
"""

import gc

# How many more objects are made than freed before the young are looked through: those of the messages on their way
# through a busy process are fewer. The look takes some 5 ms.
YOUNG = 20_000
MIDDLE = 10  # looks at the young for each at those that outlived one, such as what HTTP requests leave
OLD = 100  # of those for each at everything alive


def rarely_collect() -> None:
    """Leave what was loaded for good out of every look, and look seldom from now on."""
    gc.collect()  # what loading left behind is not kept for ever
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
