"""The chat page's files as `collectstatic` makes them, for tests that are about that."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
NOT_THE_PAGES = ("admin", "rest_framework", "drf_spectacular_sidecar")


def collect(root: Path) -> Path:
    """Fill the folder; pages of others than the chat are left out, as they take ten seconds."""
    env = os.environ | {"STATIC_ROOT": str(root)}
    ignored = [word for name in NOT_THE_PAGES for word in ("--ignore", name)]
    command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0", *ignored]
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return root
