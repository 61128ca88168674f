"""The frames in `tests/frames`, as these tests take them. The end-to-end tests send the same files."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parent.parent / "frames"


@cache
def read(kind: str, name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((FOLDER / kind / f"{name}.json").read_text(encoding="utf-8"))
    return content


def names(kind: str) -> list[Any]:
    """Every file of a kind ("client", "client-invalid", "refused", "dropped", "server"), each as a parameter."""
    found = sorted(path.stem for path in (FOLDER / kind).glob("*.json"))
    assert found, f"no frames in {FOLDER / kind}"
    return [pytest.param(name, id=name) for name in found]


def text_of(content: dict[str, Any]) -> str:
    """What goes over the wire: the raw text, or the frame as JSON."""
    text: str = content["text"] if "text" in content else json.dumps(content["frame"])
    return text


def wire(frame: dict[str, Any]) -> bytes:
    """A frame exactly as the server writes it: compact, UTF-8, keys in their order."""
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()
