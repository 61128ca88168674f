"""`migrate` after it was cut off: on MySQL and MariaDB, where each change of a table is there at once."""

import pytest
from django.core.management import call_command
from django.db import connections

from rooms.models import Participant
from tests.rooms import worn
from tests.rooms.catalogue import rows_of, schema_of
from tests.rooms.conftest import MakeDatabase
from tests.rooms.cutting import run_with_cuts
from tests.rooms.legacy import MYSQL_TABLES, ROWS, run_script

pytestmark = pytest.mark.servers


@pytest.mark.parametrize("script", ["", worn.DATABASE, f"{MYSQL_TABLES};{ROWS}"], ids=["empty", "worn", "usual"])
def test_migrate_goes_on_after_it_was_cut_off_anywhere(empty_database: MakeDatabase, script: str) -> None:
    alias, straight = empty_database(), empty_database()
    for each in (alias, straight):
        run_script(connections[each], script)
    call_command("migrate", database=straight, verbosity=0)

    run_with_cuts(alias, lambda: call_command("migrate", database=alias, verbosity=0))

    assert schema_of(alias) == schema_of(straight)
    for table in ("chat_rooms", "chat_participants", "chat_messages", "django_migrations"):
        rows = [len(rows_of(connections[each], f"SELECT * FROM {table}")) for each in (alias, straight)]
        assert rows[0] == rows[1], table
    places = [
        list(Participant.objects.using(each).order_by("pk").values_list("pk", "read_seq"))
        for each in (alias, straight)
    ]
    assert places[0] == places[1]
