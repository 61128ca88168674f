"""The words behind the "?" of DATABASE_URL, as other drivers spell them."""

import pytest

from chatproject.database.options import read_options
from chatproject.database.tls import Refused


@pytest.mark.parametrize(
    "word",
    [
        ("charset", "utf8"),
        ("charset", "utf8mb4"),
        ("characterEncoding", "UTF-8"),
        ("connectionCollation", "utf8mb4_unicode_ci"),
        ("useUnicode", "true"),
        ("serverTimezone", "Asia/Seoul"),
        ("allowPublicKeyRetrieval", "true"),
        ("rewriteBatchedStatements", "true"),
        ("parseTime", "True"),
        ("connection_limit", "5"),
        ("reconnect", "true"),
    ],
)
def test_what_this_server_does_anyway_or_never_needs_changes_nothing(word: tuple[str, str]) -> None:
    assert read_options([word]).driver == {}


def test_time_limits_are_whole_seconds() -> None:
    words = [("connect_timeout", "5"), ("read-timeout", "30"), ("writeTimeout", "7")]

    assert read_options(words).driver == {"connect_timeout": 5, "read_timeout": 30, "write_timeout": 7}


@pytest.mark.parametrize(
    ("word", "value", "sentence"),
    [
        ("charset", "latin1", "without another character set than utf8mb4"),
        ("useUnicode", "false", "without useUnicode"),
        ("connectTimeout", "5000", "with connect_timeout in whole seconds, from 1 to 600"),
        ("read_timeout", "5s", "with read_timeout in whole seconds"),
        ("unix_socket", "mysqld.sock", "with the whole path of the socket"),
        ("sql_mode", "ANSI", "without `sql_mode`"),
        ("init_command", "SET x", "without `init_command`"),
        ("conn_max_age", "600", "without `conn_max_age`"),
        ("amp;useSSL", "true", "without a word"),
        ("sslidentity", "client.p12", "without `sslidentity`"),
    ],
)
def test_what_cannot_be_kept_is_refused_by_name(word: str, value: str, sentence: str) -> None:
    with pytest.raises(Refused, match=f"^{sentence}"):
        read_options([(word, value)])
