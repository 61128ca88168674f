"""A pytest plugin that has every other server of tests/e2e be of another version, as during an upgrade.

`mkdir OLD && git archive COMMIT | tar -x -C OLD`, then
`BESIDE=OLD TEST_BACKEND=mariadb python -m pytest -p tests.upgrades.beside tests/e2e/test_group_room.py …`
The database is migrated by this version. What fails, the other version cannot do, or it is to be mended here.
"""

import itertools
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def pytest_collection_finish() -> None:
    from tests.e2e import processes  # here: Django has read its settings

    turn = itertools.count()

    def launch(process: Any) -> None:
        is_other = "serve" in process.command and next(turn) % 2
        tree = Path(os.environ["BESIDE"]) if is_other else processes.PROJECT
        with process.log.open("ab") as output:
            process._process = subprocess.Popen(
                [sys.executable, *process.command], cwd=tree, env=process.env, stdout=output, stderr=output
            )

    kind: Any = processes.Process
    kind.launch = launch
