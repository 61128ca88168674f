"""How tests run JavaScript: Node with the WebSocket that it has, and the client library beside it."""

import shutil
from pathlib import Path

TESTS = Path(__file__).parent
CROWD = TESTS / "e2e" / "chaos" / "crowd.mjs"


def node(*arguments: str | Path) -> list[str]:
    """The command. Node 20 shows its WebSocket only when told to; for later ones that is nothing new."""
    path = shutil.which("node")
    assert path, "node is not installed: run `make test`, or as root `apt-get install nodejs`"
    return [path, "--experimental-websocket", "--no-warnings", *map(str, arguments)]
