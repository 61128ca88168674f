"""How long the writer waits before it takes a batch, learnt from who came to the last ones. Pure: knows no clock.

Most of what a transaction costs it costs for one message as for a few: two of them that come within a moment are
half as dear together. Where messages wait for the answer to the one before, as in a talk of two, nobody else comes
however long one waits, and nobody is held up.
"""

LINGER_MAX_S = 0.003  # of the first that waits; at 500 messages a second one more comes by then
MISSES = 2  # so often in a row fewer came than before: then no more are waited for
PROBE_FIRST, PROBE_LAST = 16, 1_024  # batches between two looks whether one more would come


class Linger:
    """What one writer learnt, of batches of `most` at the most; `learn` before their senders are answered."""

    def __init__(self, *, most: int) -> None:
        self._most, self._expected = most, 1
        self._missed = 0
        self._gap = self._until_probe = PROBE_FIRST

    @property
    def wanted(self) -> int:
        """With so many there it is not worth waiting for more."""
        return min(self._expected + (self._until_probe <= 0), self._most)

    def rest_s(self, *, waiting: int, waited_s: float) -> float:
        """How much longer to wait for others, where so many wait and the first of them has waited so long."""
        return max(0.0, LINGER_MAX_S - waited_s) if waiting < self.wanted else 0.0

    def learn(self, *, taken: int, came: int) -> None:
        """A batch of so many was stored, and so many came meanwhile: who did not wait for its answer."""
        is_probe, has_paid = self._until_probe <= 0, taken >= self.wanted
        if is_probe:
            self._gap = PROBE_FIRST if has_paid else min(2 * self._gap, PROBE_LAST)
        self._until_probe = 0 if is_probe and has_paid else (self._gap if is_probe else self._until_probe - 1)
        self._missed = 0 if taken >= self._expected else self._missed + 1
        if self._missed in (0, MISSES):
            self._expected, self._missed = max(taken, 1) + came, 0
