"""How long tests wait for what shall happen: one constant for all of them.

A test waits for an event, and goes on as soon as it comes. This time only ends a wait that would be in vain, so it
is longer than anything takes on a busy machine. What must happen *in time* is a promise of the product: such a
figure stands in the test that proves the promise.
"""

WAIT_S = 60.0
POLL_S = 0.02  # between two looks, where nothing tells of the event
