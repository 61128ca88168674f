"""Which scripts of others the chat page serves, and where they are."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[3] / "chatproject/static/chat/page"
VENDOR = PAGE / "vendor"
README, SUMS = VENDOR / "README.md", VENDOR / "SHA256SUMS"


def grammars() -> list[str]:
    """The languages that the page highlights."""
    table = (PAGE / "formatting" / "highlighting.js").read_text().partition("const LANGUAGES = {")[2]
    return re.findall(r"^  (\w+):", table.partition("\n};")[0], re.MULTILINE)
