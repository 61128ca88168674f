"""What the replaced server says to its database, statement by statement as its ORM writes them."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

NOW = "2026-11-29 09:00:00.123456"


class ReplacedServer:
    """Does what the replaced server did, on a database that is in its hands."""

    def __init__(self, connection: BaseDatabaseWrapper) -> None:
        self._connection = connection

    def open_room(self, name: str, *member_ids: int, is_group_chat: bool = True) -> int:
        room_id = self._insert(
            "insert into chat_rooms (created_at, is_group_chat, name, updated_at) values (%s, %s, %s, %s)",
            [NOW, is_group_chat, name, NOW],
        )
        for member_id in member_ids:
            self.join(room_id, member_id)
        return room_id

    def join(self, room_id: int, member_id: int) -> None:
        self._insert("insert into chat_participants (chat_room_id, user_id) values (%s, %s)", [room_id, member_id])

    def say(self, room_id: int, member_id: int, contents: str) -> int:
        """Store a message, and a mark for everyone in the room."""
        message_id = self._insert(
            "insert into chat_messages (chat_room_id, contents, created_at, updated_at, user_id)"
            " values (%s, %s, %s, %s, %s)",
            [room_id, contents, NOW, NOW, member_id],
        )
        for (reader_id,) in self._rows("select user_id from chat_participants where chat_room_id = %s", room_id):
            self._insert(
                "insert into read_status (chat_message_id, chat_room_id, created_at, is_read, updated_at, user_id)"
                " values (%s, %s, %s, %s, %s, %s)",
                [message_id, room_id, NOW, reader_id == member_id, NOW, reader_id],
            )
        return message_id

    def read(self, room_id: int, member_id: int) -> None:
        marks = "select read_status_id from read_status where chat_room_id = %s and user_id = %s"
        for (mark_id,) in self._rows(marks, room_id, member_id):
            with self._connection.cursor() as cursor:
                cursor.execute("update read_status set is_read = 1 where read_status_id = %s", [mark_id])

    def unread(self, room_id: int, member_id: int) -> int:
        count = "select count(*) from read_status where chat_room_id = %s and user_id = %s and is_read = 0"
        return int(self._rows(count, room_id, member_id)[0][0])

    def history(self, room_id: int) -> list[tuple[str, str]]:
        """Who said what."""
        return self._rows(
            "select u.nickname, m.contents from chat_messages m join users u on u.user_id = m.user_id"
            " where m.chat_room_id = %s order by m.created_at, m.chat_message_id",
            room_id,
        )

    def room_named(self, name: str) -> int:
        return int(self._rows("select chat_room_id from chat_rooms where name = %s", name)[0][0])

    def private_rooms(self, member_id: int, other_member_id: int) -> list[int]:
        return [
            room_id
            for (room_id,) in self._rows(
                "select r.chat_room_id from chat_participants a join chat_participants b using (chat_room_id)"
                " join chat_rooms r using (chat_room_id)"
                " where a.user_id = %s and b.user_id = %s and r.is_group_chat = 0",
                member_id,
                other_member_id,
            )
        ]

    def close_room(self, room_id: int) -> None:
        """As its ORM deletes what hangs on a room, row by row."""
        for table in ("read_status", "chat_messages", "chat_participants", "chat_rooms"):
            with self._connection.cursor() as cursor:
                cursor.execute(f"delete from {table} where chat_room_id = %s", [room_id])

    def _insert(self, statement: str, values: list[Any]) -> int:
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return int(cursor.lastrowid)

    def _rows(self, query: str, *values: Any) -> list[Any]:
        with self._connection.cursor() as cursor:
            cursor.execute(query, values)
            return list(cursor.fetchall())
