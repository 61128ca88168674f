"""What a database has, as it is read in a few queries: on whichever the tests run."""

import pytest
from django.db import connection

from chatproject.doctor.tables import Index, read_tables

pytestmark = pytest.mark.django_db


def test_columns_indexes_and_foreign_keys_are_read_with_their_order() -> None:
    table = read_tables(connection)["chat_messages"]
    assert {"chat_message_id", "contents", "marks"} <= table.columns
    assert Index(("chat_message_id",), True) in table.indexes
    assert Index(("chat_room_id", "seq"), True) in table.indexes
    assert Index(("chat_room_id", "version"), False) in table.indexes
    assert table.foreign_keys == {"chat_room_id", "user_id"}
