"""A database that the main server shares with the replaced chat server, and what it does there by itself.

`USERS` is what Hibernate makes of an entity with an identity, as such a server has it: more columns than we read,
a default of its own for the times, and names that its database compares in its own way.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

USERS = {
    "mysql": """
        CREATE TABLE users (
            user_id bigint NOT NULL AUTO_INCREMENT, email varchar(255) NOT NULL,
            password varchar(255) DEFAULT NULL, nickname varchar(255) NOT NULL,
            role enum('ADMIN','USER') NOT NULL DEFAULT 'USER',
            created_at datetime(6) NOT NULL DEFAULT CURRENT_TIMESTAMP(6),
            updated_at datetime(6) DEFAULT NULL ON UPDATE CURRENT_TIMESTAMP(6),
            PRIMARY KEY (user_id), UNIQUE KEY UK6dotkott2kjsp8vw4d0m25fb7 (email),
            UNIQUE KEY UK2ty1xmrrgtn89xt7kyxx6ta7h (nickname)
        ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_unicode_ci
    """,
    "sqlite": """
        CREATE TABLE users (
            user_id integer PRIMARY KEY AUTOINCREMENT, email varchar(255) NOT NULL UNIQUE, password varchar(255),
            nickname varchar(255) NOT NULL UNIQUE COLLATE NOCASE, role varchar(10) NOT NULL DEFAULT 'USER',
            created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP, updated_at datetime
        )
    """,
}
NUMBERS = {"mysql": "bigint NOT NULL AUTO_INCREMENT PRIMARY KEY", "sqlite": "integer PRIMARY KEY AUTOINCREMENT"}
FLAG = {"mysql": "bit(1)", "sqlite": "bool"}
CHAT_TABLES = """
    CREATE TABLE chat_rooms (
        chat_room_id {numbers}, name varchar(255) NOT NULL UNIQUE, is_group_chat {flag} NOT NULL,
        created_at datetime DEFAULT NULL, updated_at datetime DEFAULT NULL
    );
    CREATE TABLE chat_participants (
        chat_participant_id {numbers}, user_id bigint NOT NULL{to_users}, chat_room_id bigint NOT NULL{to_rooms}
    );
    CREATE TABLE chat_messages (
        chat_message_id {numbers}, contents text, chat_room_id bigint NOT NULL{to_rooms},
        user_id bigint NOT NULL{to_users}, created_at datetime DEFAULT NULL, updated_at datetime DEFAULT NULL
    )
"""
# how the chat's tables hold on to users, as servers are known to do it
NO_KEYS, KEYS, CASCADING_KEYS = "", " REFERENCES users (user_id)", " REFERENCES users (user_id) ON DELETE CASCADE"
TO_ROOMS = " REFERENCES chat_rooms (chat_room_id)"

# Alice 7, Bob 3, Charlie 11 is in no room
ROWS = """
    INSERT INTO users (user_id, email, nickname, role) VALUES
        (3, 'bob@example.com', 'Bob', 'USER'), (7, 'alice@example.com', 'Alice', 'ADMIN'),
        (11, 'charlie@example.com', '찰리', 'USER');
    INSERT INTO chat_rooms VALUES
        (1, 'Garden', 1, '2024-01-01 09:00:00', '2024-01-01 09:00:00'),
        (91, 'Alice-Bob', 0, '2024-01-03 09:00:00', '2024-01-03 09:00:00');
    INSERT INTO chat_participants VALUES (1, 7, 1), (2, 3, 1), (3, 7, 91), (4, 3, 91);
    INSERT INTO chat_messages VALUES
        (10, '안녕', 1, 3, '2024-02-01 09:00:01', '2024-02-01 09:00:01'),
        (11, '안녕, Bob', 1, 7, '2024-02-01 09:00:02', '2024-02-01 09:00:02'),
        (12, '둘만의 말', 91, 3, '2024-02-01 08:00:00', '2024-02-01 08:00:00')
"""
# what the main server does about its users, and what its database says to that: before us as after us
SIGN_UP = "INSERT INTO users (email, nickname, role) VALUES ('{name}@example.com', '{name}', 'USER')"
RENAME = "UPDATE users SET nickname = '{name}' WHERE user_id = {member_id}"
DELETE = ["DELETE FROM users WHERE user_id = {member_id}"]
DELETE_BY_JPA = [
    "DELETE FROM chat_participants WHERE user_id = {member_id}",
    "DELETE FROM chat_messages WHERE user_id = {member_id}",
    *DELETE,
]


def leave_shared_database(connection: BaseDatabaseWrapper, to_users: str = KEYS) -> None:
    """Make the main server's users and the replaced chat server's tables, with rows, in an empty database."""
    vendor = connection.vendor
    words = {"numbers": NUMBERS[vendor], "flag": FLAG[vendor]}
    run(connection, USERS[vendor])
    if vendor == "mysql":  # MySQL before 9 reads keys that stand at their columns, and makes none
        run(connection, *CHAT_TABLES.format(to_users="", to_rooms="", **words).split(";"))
        for table in ("chat_participants", "chat_messages"):
            run(connection, f"ALTER TABLE {table} ADD FOREIGN KEY (chat_room_id){TO_ROOMS}")
            if to_users:
                run(connection, f"ALTER TABLE {table} ADD FOREIGN KEY (user_id){to_users}")
    else:
        run(connection, *CHAT_TABLES.format(to_users=to_users, to_rooms=TO_ROOMS, **words).split(";"))
    run(connection, *ROWS.split(";"))


def run(connection: BaseDatabaseWrapper, *statements: str, **words: object) -> None:
    """What the main server does: plain statements on its own connection, each committed by itself."""
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(**words) if words else statement)


def ask(connection: BaseDatabaseWrapper, query: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [tuple(row) for row in cursor.fetchall()]


def users_as_defined(connection: BaseDatabaseWrapper) -> str:
    """How the database would make the table `users` again."""
    if connection.vendor == "mysql":
        made_by = str(ask(connection, "SHOW CREATE TABLE users")[0][1])
        return " ".join(word for word in made_by.split() if not word.startswith("AUTO_INCREMENT="))
    return str(ask(connection, "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'users'")[0][0])
