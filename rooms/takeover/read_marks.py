"""The replaced server's read marks, a row for each message and member, made again."""

from django.db.backends.base.base import BaseDatabaseWrapper

from rooms.takeover import catalogue
from rooms.takeover.tables import TIMES, columns_of, present_tables

MESSAGES_AT_ONCE = 10_000
MAKE_TABLE = """
    CREATE TABLE read_status (
        read_status_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, is_read boolean NOT NULL,
        chat_room_id bigint NOT NULL, chat_message_id bigint NOT NULL, user_id bigint NOT NULL,
        created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
        updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
        FOREIGN KEY (user_id) REFERENCES users (user_id) ON DELETE CASCADE,
        FOREIGN KEY (chat_room_id) REFERENCES chat_rooms (chat_room_id) ON DELETE CASCADE,
        FOREIGN KEY (chat_message_id) REFERENCES chat_messages (chat_message_id) ON DELETE CASCADE
    ) ENGINE=InnoDB
"""
CORRECT = """
    UPDATE read_status s JOIN chat_messages m ON m.chat_message_id = s.chat_message_id
        JOIN chat_participants p ON p.chat_room_id = m.chat_room_id AND p.user_id = s.user_id
    SET s.is_read = (m.seq <= p.read_seq)
    WHERE m.chat_message_id BETWEEN %s AND %s AND s.is_read <> (m.seq <= p.read_seq)
"""
# an older message without a mark counts as read there: its member came later. What was said since has none at all
ADD = """
    INSERT INTO read_status (is_read, chat_room_id, chat_message_id, user_id{times})
    SELECT m.seq <= p.read_seq, m.chat_room_id, m.chat_message_id, p.user_id{times_of_message}
    FROM chat_messages m JOIN chat_participants p ON p.chat_room_id = m.chat_room_id
        LEFT JOIN read_status s ON s.chat_message_id = m.chat_message_id AND s.user_id = p.user_id
    WHERE m.chat_message_id BETWEEN %s AND %s AND s.chat_message_id IS NULL AND (
        m.seq > p.read_seq
        OR NOT EXISTS (SELECT 1 FROM read_status t WHERE t.chat_message_id = m.chat_message_id)
    )
"""


def rebuild(connection: BaseDatabaseWrapper) -> None:
    """Correct the marks that there are and add those that lack, some thousand messages a transaction."""
    if "read_status" not in present_tables(connection):
        catalogue.execute(connection, MAKE_TABLE)
    catalogue.require_index(connection, "read_status", "chat_message_id")
    times = [name for name in TIMES if name in columns_of(connection, "read_status")]
    add = ADD.format(
        times="".join(f", {name}" for name in times), times_of_message="".join(f", m.{name}" for name in times)
    )
    [(first, last)] = catalogue.rows(
        connection, "SELECT MIN(chat_message_id), MAX(chat_message_id) FROM chat_messages"
    )
    for start in range(first or 0, (last or -1) + 1, MESSAGES_AT_ONCE):
        for statement in (CORRECT, add):
            catalogue.execute(connection, statement, start, start + MESSAGES_AT_ONCE - 1)
