"""A database as the replaced server left it: its tables, and rows with the flaws that such tables gather."""

from django.db.backends.base.base import BaseDatabaseWrapper

MYSQL_TABLES = """
    CREATE TABLE users (
        user_id bigint NOT NULL AUTO_INCREMENT, nickname varchar(20) NOT NULL, role enum('ADMIN','USER') NOT NULL,
        created_at datetime DEFAULT NULL, updated_at datetime DEFAULT NULL,
        PRIMARY KEY (user_id), UNIQUE KEY UK2ty1xmrrgtn89xt7kyxx6ta7h (nickname)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
    CREATE TABLE chat_rooms (
        chat_room_id bigint NOT NULL AUTO_INCREMENT, name varchar(255) NOT NULL, is_group_chat bit(1) NOT NULL,
        created_at datetime DEFAULT NULL, updated_at datetime DEFAULT NULL,
        PRIMARY KEY (chat_room_id), UNIQUE KEY UK4s7ocu1rh9a6bplwkbbvkd3cn (name)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
    CREATE TABLE chat_participants (
        chat_participant_id bigint NOT NULL AUTO_INCREMENT, user_id bigint NOT NULL, chat_room_id bigint NOT NULL,
        PRIMARY KEY (chat_participant_id),
        CONSTRAINT FKjesw5kgcvkcgmi17ucyx0fm7s FOREIGN KEY (user_id) REFERENCES users (user_id),
        CONSTRAINT FKmkay8iwqcpbgkesiraah3ykw4 FOREIGN KEY (chat_room_id) REFERENCES chat_rooms (chat_room_id)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
    CREATE TABLE chat_messages (
        chat_message_id bigint NOT NULL AUTO_INCREMENT, contents text CHARACTER SET utf8mb3,
        chat_room_id bigint NOT NULL, user_id bigint NOT NULL,
        created_at datetime DEFAULT NULL, updated_at datetime DEFAULT NULL,
        PRIMARY KEY (chat_message_id),
        CONSTRAINT FKlnr8sw9qkhf7kvhrqv0b0wqhj FOREIGN KEY (chat_room_id) REFERENCES chat_rooms (chat_room_id),
        CONSTRAINT FK8sbjo8rb7inwpk3rgyqvsl1bj FOREIGN KEY (user_id) REFERENCES users (user_id)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
    CREATE TABLE read_status (
        read_status_id bigint NOT NULL AUTO_INCREMENT, is_read bit(1) NOT NULL, chat_room_id bigint NOT NULL,
        chat_message_id bigint NOT NULL, user_id bigint NOT NULL,
        created_at datetime DEFAULT NULL, updated_at datetime DEFAULT NULL,
        PRIMARY KEY (read_status_id),
        CONSTRAINT FKread_room FOREIGN KEY (chat_room_id) REFERENCES chat_rooms (chat_room_id),
        CONSTRAINT FKread_message FOREIGN KEY (chat_message_id) REFERENCES chat_messages (chat_message_id),
        CONSTRAINT FKread_user FOREIGN KEY (user_id) REFERENCES users (user_id)
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
"""
SQLITE_TABLES = """
    CREATE TABLE users (
        user_id integer PRIMARY KEY AUTOINCREMENT, nickname varchar(20) NOT NULL UNIQUE, role varchar(10) NOT NULL,
        created_at datetime, updated_at datetime
    );
    CREATE TABLE chat_rooms (
        chat_room_id integer PRIMARY KEY AUTOINCREMENT, name varchar(255) NOT NULL UNIQUE,
        is_group_chat bool NOT NULL, created_at datetime, updated_at datetime
    );
    CREATE TABLE chat_participants (
        chat_participant_id integer PRIMARY KEY AUTOINCREMENT, user_id bigint NOT NULL REFERENCES users (user_id),
        chat_room_id bigint NOT NULL REFERENCES chat_rooms (chat_room_id)
    );
    CREATE TABLE chat_messages (
        chat_message_id integer PRIMARY KEY AUTOINCREMENT, contents text,
        chat_room_id bigint NOT NULL REFERENCES chat_rooms (chat_room_id),
        user_id bigint NOT NULL REFERENCES users (user_id), created_at datetime, updated_at datetime
    );
    CREATE TABLE read_status (
        read_status_id integer PRIMARY KEY AUTOINCREMENT, is_read bool NOT NULL, chat_room_id bigint NOT NULL,
        chat_message_id bigint NOT NULL, user_id bigint NOT NULL, created_at datetime, updated_at datetime
    );
"""
TABLES = {"mysql": MYSQL_TABLES, "sqlite": SQLITE_TABLES}

# Alice 7, Bob 3, Charlie 11; 91 to 94 are private rooms. In room 1 Alice has read everything, Charlie two of four,
# and of Bob, who came before there were marks, nothing is known
ROWS = """
    INSERT INTO users VALUES
        (3, 'Bob', 'USER', '2024-01-01 09:00:00', '2024-01-01 09:00:00'),
        (7, 'Alice', 'ADMIN', '2024-01-01 09:00:00', '2024-01-01 09:00:00'),
        (11, '찰리', 'USER', NULL, NULL);
    INSERT INTO chat_rooms VALUES
        (1, '고민상담방', 1, '2024-01-01 09:00:00', '2024-01-01 09:00:00'),
        (2, 'Empty', 1, NULL, NULL),
        (91, 'Alice-Bob', 0, '2024-01-03 09:00:00', '2024-01-03 09:00:00'),
        (92, 'Bob-Alice', 0, '2024-01-02 09:00:00', '2024-01-02 09:00:00'),
        (93, 'Bob-Gone', 0, '2024-01-04 09:00:00', '2024-01-04 09:00:00'),
        (94, 'Charlie-Bob', 0, '2024-01-04 09:00:00', '2024-01-04 09:00:00');
    INSERT INTO chat_participants VALUES
        (1, 7, 1), (2, 3, 1), (3, 7, 1), (4, 11, 1),
        (5, 7, 91), (6, 3, 91), (7, 3, 92), (8, 7, 92), (9, 3, 93), (10, 11, 94), (11, 3, 94), (12, 11, 94);
    INSERT INTO chat_messages VALUES
        (10, 'second', 1, 3, '2024-02-01 09:00:01', '2024-02-01 09:00:01'),
        (11, 'third', 1, 7, '2024-02-01 09:00:01', '2024-02-01 09:00:01'),
        (12, 'first', 1, 7, '2024-02-01 09:00:00', '2024-02-01 09:00:00'),
        (13, NULL, 1, 11, '2024-02-01 09:00:02', NULL),
        (14, '둘만의 말', 92, 7, '2024-02-01 08:00:00', '2024-02-01 08:00:00');
    INSERT INTO read_status (is_read, chat_room_id, chat_message_id, user_id) VALUES
        (1, 1, 10, 7), (1, 1, 11, 7), (1, 1, 12, 7), (1, 1, 13, 7),
        (1, 1, 12, 11), (1, 1, 10, 11), (0, 1, 11, 11), (1, 1, 13, 11),
        (0, 92, 14, 3), (1, 92, 14, 7);
"""


def leave_legacy_database(connection: BaseDatabaseWrapper) -> None:
    """Make the replaced server's tables and rows in an empty database."""
    run_script(connection, f"{TABLES[connection.vendor]};{ROWS}")


def run_script(connection: BaseDatabaseWrapper, script: str) -> None:
    """Execute statements, each ended by a semicolon."""
    with connection.cursor() as cursor:
        for statement in script.split(";"):
            if statement.strip():
                cursor.execute(statement)
