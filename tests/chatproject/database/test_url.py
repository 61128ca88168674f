"""DATABASE_URL: what each spelling becomes, and which end the start with a sentence that holds no password."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatproject.database.url import MYSQL, SQLITE, read_database

NAME = "SOME_SETTING"
DEFAULT = Path("/srv/C# projects/100%25/why?/db.sqlite3")


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.delenv(NAME, raising=False)
    return monkeypatch


def test_the_default_file_is_where_it_is_whatever_its_folder_is_called(given: pytest.MonkeyPatch) -> None:
    assert read_database(NAME, default_file=DEFAULT) == {"ENGINE": SQLITE, "NAME": str(DEFAULT)}


@pytest.mark.parametrize(
    ("written", "file"),
    [
        ("chat.sqlite3", "chat.sqlite3"),
        ("C%23%20projects/why%3F/100%2525/a.db", "C# projects/why?/100%25/a.db"),
        ("c++/my chat.db", "c++/my chat.db"),
        ("채팅/%EB%B0%A9.db", "채팅/방.db"),
        ("file:chat.db", "file:chat.db"),  # a name, no URI of SQLite's own
    ],
)
def test_a_sqlite_url_names_a_file_with_its_whole_path_or_from_the_current_folder(
    given: pytest.MonkeyPatch, tmp_path: Path, written: str, file: str
) -> None:
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    given.chdir(tmp_path)
    for raw in (f"sqlite:///{tmp_path}/{written}", f"sqlite:///{written}", f"SQLite:///{written}"):
        given.setenv(NAME, raw)

        assert read_database(NAME, default_file=DEFAULT) == {"ENGINE": SQLITE, "NAME": str(tmp_path / file)}


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ("sqlite://:memory:", "Set SOME_SETTING to a file"),
        ("sqlite:///:memory:", "Set SOME_SETTING to a file"),
        ("sqlite://", "Set SOME_SETTING to sqlite:///file"),
        ("sqlite:///", "Set SOME_SETTING to sqlite:///file"),
        ("sqlite://chat.sqlite3", "Set SOME_SETTING to sqlite:///file"),
        ("sqlite:////srv/", "Set SOME_SETTING to sqlite:///file"),
        (
            "sqlite:////srv/why?/chat.db",
            'Set SOME_SETTING to a path without options: a "[?]" in it is written %3F',
        ),
        ("sqlite:////srv/C# projects/chat.db", "Set SOME_SETTING to a path without options"),
        ("sqlite:///chat.db?timeout=20", "Set SOME_SETTING to a path without options"),
        ("sqlite:////nowhere/at/all/chat.db", "Set SOME_SETTING to a file in a folder that exists[.]"),
        ("sqlite:/srv/chat.db", "Set SOME_SETTING to mysql://user:password@host:port/name"),
    ],
)
def test_a_sqlite_url_that_names_no_file_is_refused(given: pytest.MonkeyPatch, raw: str, sentence: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match=sentence):
        read_database(NAME, default_file=DEFAULT)


@pytest.mark.parametrize(
    "scheme",
    [
        "mysql",
        "MYSQL",
        "mysql2",
        "mariadb",
        "mysql+pymysql",
        "mysql+mysqldb",
        "mariadb+mariadbconnector",
        "jdbc:mysql",
    ],
)
def test_whatever_driver_a_url_was_written_for_it_is_the_same_database(
    given: pytest.MonkeyPatch, scheme: str
) -> None:
    given.setenv(NAME, f"{scheme}://chat:p%40ss@db.example.com:3307/chat")

    assert read_database(NAME, default_file=DEFAULT) == {
        "ENGINE": MYSQL,
        "NAME": "chat",
        "USER": "chat",
        "PASSWORD": "p@ss",
        "HOST": "db.example.com",
        "PORT": 3307,
        "OPTIONS": {},
    }


def test_the_account_may_stand_behind_the_host_as_in_jdbc(given: pytest.MonkeyPatch) -> None:
    given.setenv(NAME, "jdbc:mysql://db.example.com:3306/chat?user=chat&password=s%26cret+1&useSSL=false")
    database = read_database(NAME, default_file=DEFAULT)

    assert (database["USER"], database["PASSWORD"], database["OPTIONS"]) == ("chat", "s&cret+1", {})


@pytest.mark.parametrize(
    ("written", "password"),
    [
        ("p@ss", "p@ss"),
        ("p%40ss", "p@ss"),
        ("a:b", "a:b"),
        ("a+b%20c", "a+b c"),
        ("%EB%B0%A9", "방"),
        ("50%", "50%"),
    ],
)
def test_a_password_keeps_its_characters(given: pytest.MonkeyPatch, written: str, password: str) -> None:
    given.setenv(NAME, f"mysql://chat:{written}@[::1]:3307/chat")
    database = read_database(NAME, default_file=DEFAULT)

    assert (database["PASSWORD"], database["HOST"], database["PORT"]) == (password, "::1", 3307)


@pytest.mark.parametrize(
    "raw",
    [
        "mysql://chat@/chat?unix_socket=/run/MySQL/mysqld.sock",
        "mysql://chat@localhost/chat?socket=/run/MySQL/mysqld.sock",
        "mysql://chat@%2Frun%2FMySQL%2Fmysqld.sock/chat",
    ],
)
def test_a_socket_takes_the_place_of_the_host(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    assert read_database(NAME, default_file=DEFAULT)["HOST"] == "/run/MySQL/mysqld.sock"


@pytest.mark.parametrize(
    "raw",
    [
        "nonsense",
        "postgres://u:swordfish@h/n",
        "oracle://h/n",
        "mysql+srv://u:swordfish@h/n",
        "mysql://u:swordfish@h/",
        "mysql://u:swordfish@h?ssl=true",
        "mysql://u:sword/fish@h:1/n",
        "mysql://u:12/fish@h:1/n",
        "mysql://u:12#fish@h/n",
        "mysql://u:12?fish@h/n",
        "mysql://u:sword[fish@h/n",
        "mysql://u:swordfish@h:port/n",
        "mysql://u:swordfish@one,two/n",
    ],
)
def test_what_names_no_database_is_refused_without_its_password(given: pytest.MonkeyPatch, raw: str) -> None:
    given.setenv(NAME, raw)

    with pytest.raises(ImproperlyConfigured, match=r"^Set SOME_SETTING ") as refusal:
        read_database(NAME, default_file=DEFAULT)
    assert "fish" not in str(refusal.value)
