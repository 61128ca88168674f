"""The oldest browsers that the page and the client are for: no script uses what they lack, no colour is missing.

They are named in tests/contracts/eslint.config.mjs, docs/client.md and docs/page.md. What they know ESLint says,
with the plugins `baseline-js` (the web platform's own data) and `es-x`.
"""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.javascript import node

ROOT = Path(settings.BASE_DIR)
SCRIPTS = ROOT / "chatproject/static/chat"
CONTRACTS = ROOT / "tests/contracts"
COLOURS = SCRIPTS / "page/base.css"


UNKNOWN_THERE = [
    "AbortSignal.any([]);",
    "/(?<=a)b/.test('b');",
    "URL.canParse('a');",
    "Promise.withResolvers();",
    "[1].toSorted();",
    "class A { static { A.b = 1; } }",
    "Object.groupBy([], () => 1);",
]


def lint(*arguments: str, script: str = "") -> list[dict[str, Any]]:
    """What ESLint finds in each file."""
    eslint, rules = CONTRACTS / "node_modules/eslint/bin/eslint.js", CONTRACTS / "eslint.config.mjs"
    command = node(eslint, "--config", rules, "--format", "json", *arguments)
    done = subprocess.run(command, cwd=ROOT, input=script, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    return [file for file in json.loads(done.stdout) if file["messages"]]


def test_no_script_uses_what_the_oldest_browsers_lack() -> None:
    assert lint(str(SCRIPTS)) == []


def test_what_they_lack_is_found() -> None:
    [file] = lint("--stdin", "--stdin-filename", str(SCRIPTS / "x.js"), script="\n".join(UNKNOWN_THERE))
    assert {message["line"] for message in file["messages"]} == set(range(1, len(UNKNOWN_THERE) + 1))


def test_browsers_without_light_dark_have_the_light_colours() -> None:
    modern, _supports, older = COLOURS.read_text().partition("@supports not (color: light-dark(#000, #fff))")
    colours = dict(re.findall(r"(--[\w-]+): light-dark\((#\w+|rgb\([^)]*\)),", modern))
    assert colours
    assert dict(re.findall(r"(--[\w-]+): (#\w+|rgb\([^)]*\));", older.partition("\n}\n")[0])) == colours
