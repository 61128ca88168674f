"""docs/protocol.md: its examples are the frames of `tests/frames`, and nothing of the protocol is missing."""

import json
import re
from pathlib import Path
from typing import Any

from django.conf import settings

from messaging.wire.asyncapi import document
from tests.messaging import frames

TEXT = (Path(settings.BASE_DIR) / "docs/protocol.md").read_text()
EXAMPLES = re.findall(r"<!-- (client|server)/([\w-]+) -->\n```json\n(.*?)\n```", TEXT, re.DOTALL)


def table(title: str) -> dict[str, str]:
    """The last column by the first, of the table whose first column is called `title`."""
    _before, _title, rows = TEXT.partition(f"| {title} |")
    cells = [
        [cell.strip() for cell in row.strip("| ").split("|")] for row in rows.split("\n\n")[0].splitlines()[2:]
    ]
    return {row[0]: row[-1] for row in cells}


def test_its_examples_are_the_frames_that_the_tests_send_and_expect() -> None:
    shown: dict[str, Any] = {f"{kind}/{name}": json.loads(text) for kind, name, text in EXAMPLES}
    assert shown == {name: frames.read(*name.split("/"))["frame"] for name in shown}
    assert TEXT.count("```json") == len(EXAMPLES)


def test_it_shows_every_type_of_frame() -> None:
    for kind in ("client", "server"):
        shown = {json.loads(text)["type"] for side, _name, text in EXAMPLES if side == kind}
        assert shown == {frames.read(kind, str(name.id))["frame"]["type"] for name in frames.names(kind)}


def test_it_explains_every_code() -> None:
    made = document()
    assert table("close code") == made["x-close-codes"]
    assert table("code") == {code: error["meaning"] for code, error in made["x-error-codes"].items()}


def test_its_links_lead_somewhere() -> None:
    folder = Path(settings.BASE_DIR) / "docs"
    for target in re.findall(r"\]\(([^)#]+)\)", TEXT):
        assert (folder / target).exists(), target
