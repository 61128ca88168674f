"""`make upgrade-state`: adds the database of this version to those that `migrate` must take to the newest.

Does nothing where no migration has come since the newest state. `python -m tests.upgrades TREE …` takes the
sources of versions that landed, each unpacked in a TREE, from the oldest to the newest.
"""

import os
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import django
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from chatproject.database.url import read_database
from tests.servers import memory, private_mariadb
from tests.services import TEST_ENVIRONMENT
from tests.upgrades import databases, dumps
from tests.upgrades.filling import APPS, fill

PROJECT = Path(__file__).resolve().parents[2]


def main(trees: list[Path]) -> None:
    os.environ.update(TEST_ENVIRONMENT, DJANGO_SETTINGS_MODULE="chatproject.settings")
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(dir=memory())))
        os.environ["DATABASE_URL"] = f"sqlite:///{directory}/unused.sqlite3"
        django.setup()
        server = stack.enter_context(private_mariadb(durable=False))
        for tree in trees:
            add_state("sqlite", f"sqlite:///{directory}/{uuid4().hex}.sqlite3", tree=tree)
            add_state("mysql", server.create_database(), tree=tree)


def add_state(vendor: str, url: str, *, tree: Path) -> None:
    """Load the newest state, have the version in `tree` migrate it, and write what is new."""
    os.environ["DATABASE_URL"] = url
    settings, alias = read_database("DATABASE_URL", default_file=PROJECT), uuid4().hex
    connections.settings[alias] = connections.configure_settings({"default": settings})["default"]
    newest = next(reversed(list(dumps.states(vendor))), None)
    if newest is not None:
        databases.load(alias, newest)
        connections[alias].close()
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], cwd=tree, check=True)
    applied = sorted(".".join(one) for one in MigrationRecorder(connections[alias]).applied_migrations())
    ours = [one for one in applied if one.partition(".")[0] in APPS and not (newest and one in newest.applied)]
    if not ours:
        print(f"{vendor}: no migration has come since the newest state.")
        return
    number, known = (newest.number + 1, newest.tables) if newest else (1, {})
    tables = databases.read(alias)
    changed = {
        name for name, one in tables.items() if name not in known or known[name].statements != one.statements
    }
    fill(alias, number=number, applied=applied, changed=changed)
    stem = f"{number:02}_{ours[-1].replace('.', '_')}"
    path = dumps.write(vendor, stem, before=newest, applied=applied, tables=databases.read(alias))
    connections[alias].close()
    print(f"{path.relative_to(PROJECT)}: {path.stat().st_size:,} bytes, {len(ours)} migrations", flush=True)


if __name__ == "__main__":
    main(list(map(Path, sys.argv[1:])) or [PROJECT])
