"""Why nothing is heard of other processes, and how the log says so. No I/O."""

RIGHTS_WANTED = "its user needs the channels `&chat*` and the commands publish, subscribe and unsubscribe"


class NoBeat(Exception):
    """What this process told was taken and did not come back: Redis is frozen, or its user may not subscribe."""

    def __init__(self, silence_s: float) -> None:
        super().__init__(f"none for {silence_s:.0f} s")


class StoodStill(Exception):
    """This process itself did nothing for so long: it was stopped, or its machine was, or too busy."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"this process itself stood still for {seconds:.0f} s")


def words_for(error: Exception) -> str:
    """What the log says of it."""
    if isinstance(error, StoodStill):
        return f"nothing was heard of other processes: {error}"
    name = type(error).__name__
    # the first is redis-py's; that of a refused subscription channels_redis keeps to itself
    hint = f"; {RIGHTS_WANTED}" if name in ("NoPermissionError", "NoBeat") else ""
    return f"the layer between processes is down: {name}: {error}{hint}"
