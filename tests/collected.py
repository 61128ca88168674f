"""The static files as `collectstatic` makes them."""

import os
import subprocess
import sys
from pathlib import Path

from tests.migrated import kept

PROJECT = Path(__file__).resolve().parents[1]
NOT_THE_PAGES = ("admin", "rest_framework", "drf_spectacular_sidecar")


def collect(root: Path) -> Path:
    """Fill the folder with the chat page's files, for tests that are about that; others' take ten seconds."""
    ignored = [word for name in NOT_THE_PAGES for word in ("--ignore", name)]
    _collect(root, *ignored)
    return root


def collected_once() -> Path:
    """The folder with all files that a server needs; made once in a run of all tests."""
    with kept("static") as root:
        assert root is not None
        if not root.exists():
            _collect(begun := root.with_name("static.begun"))
            begun.rename(root)
        return root


def _collect(root: Path, *options: str) -> None:
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0", *options]
    env = os.environ | {"STATIC_ROOT": str(root)}
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
