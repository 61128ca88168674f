"""A database of the replaced server after years of use, on MySQL or MariaDB: tables that keep nothing right."""

TABLES = """
    CREATE TABLE users (
        user_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(254) NOT NULL,
        nickname varchar(20) NOT NULL,
        role enum('USER','ADMIN') NOT NULL DEFAULT 'USER',
        created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP,
        updated_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
    CREATE TABLE chat_rooms (
        chat_room_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, name varchar(50), is_group_chat bit(1),
        created_at datetime, updated_at datetime
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
    CREATE TABLE chat_participants (
        chat_participant_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, user_id bigint, chat_room_id bigint,
        created_at datetime NOT NULL DEFAULT CURRENT_TIMESTAMP
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
    CREATE TABLE chat_messages (
        chat_message_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, contents text,
        chat_room_id bigint, user_id bigint,
        created_at timestamp(6) NULL, updated_at datetime
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
    CREATE TABLE read_status (
        read_status_id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY, is_read boolean, chat_room_id bigint,
        chat_message_id bigint, user_id bigint
    ) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4;
"""
# Alice 7, Bob 3, Charlie 11; 9 is gone. Private rooms: 91, which Charlie joined too, and 92 of Bob and Charlie
ROWS = """
    SET SESSION sql_mode = '', time_zone = '+09:00';
    INSERT INTO users (user_id, email, nickname) VALUES (3, 'b', 'Bob'), (7, 'a', 'Alice'), (11, 'c', 'Charlie');
    INSERT INTO chat_rooms VALUES
        (1, '  정원 ', 1, '0000-00-00 00:00:00', NULL),
        (2, 'Room', 1, '2024-01-01 09:00:00', '2024-01-01 09:00:00'),
        (3, 'Room ', 1, '2024-01-01 09:00:00', '2024-00-00 00:00:00'),
        (4, 'Room', 1, '2024-01-01 09:00:00', '2024-01-01 09:00:00'),
        (5, 'room', 1, '2024-01-01 09:00:00', '2024-01-01 09:00:00'),
        (6, NULL, 1, '2024-01-01 09:00:00', '2024-01-01 09:00:00'),
        (7, '가', 1, '2024-01-01 09:00:00', '2024-01-01 09:00:00'),
        (91, 'Alice-Bob', 0, '2024-01-02 09:00:00', '2024-01-02 09:00:00'),
        (92, 'Bob-Charlie ', 0, '2024-01-02 09:00:00', '2024-01-02 09:00:00'),
        (93, 'Room 2', NULL, '2024-01-02 09:00:00', '2024-01-02 09:00:00');
    INSERT INTO chat_participants (user_id, chat_room_id) VALUES
        (7, 1), (3, 1), (7, 1), (9, 1), (7, 99), (NULL, 1), (7, 91), (3, 91), (11, 91), (3, 92), (11, 92);
    INSERT INTO chat_messages VALUES
        (10, 'first', 1, 7, '2024-02-01 18:00:00', '2024-02-01 09:00:00'),
        (11, 'second', 1, 9, NULL, '0000-00-00 00:00:00'),
        (12, NULL, 1, 3, '2024-02-01 18:00:02', '2024-02-01 09:00:02'),
        (13, 'nowhere', 99, 7, '2024-02-01 18:00:03', '2024-02-01 09:00:03'),
        (14, 'only us', 91, 7, '2024-02-01 18:00:04', '2024-02-01 09:00:04');
    INSERT INTO read_status (is_read, chat_room_id, chat_message_id, user_id) VALUES
        (1, 1, 10, 7), (1, 1, 11, 7), (1, 1, 12, 7), (1, 1, 10, 3), (0, 1, 11, 3), (1, 1, 12, 3), (0, 99, 13, 7);
    SET SESSION sql_mode = DEFAULT, time_zone = DEFAULT;
"""
DATABASE = f"{TABLES};{ROWS}"
