"""TLS to the database: what DATABASE_URL asks for is done, or refused at the start."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatproject.database.options import read_options
from chatproject.database.tls import Refused
from tests.certificates import Authority, make_authority
from tests.servers import HOST, DatabaseServer, private_mariadb, service_directory


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with service_directory("certificates") as directory:
        yield directory


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    return make_authority("authority", folder)


@pytest.fixture(scope="module")
def stranger(folder: Path) -> Authority:
    """An authority that has signed nothing of ours."""
    return make_authority("stranger", folder)


@pytest.mark.parametrize(
    "words",
    [
        [("ssl-mode", "REQUIRED")],
        [("ssl_mode", "required")],
        [("sslMode", "REQUIRED")],
        [("sslmode", "require")],
        [("ssl", "true")],
        [("ssl", "1")],
        [("useSSL", "true")],
        [("useSSL", "true"), ("requireSSL", "true"), ("verifyServerCertificate", "false")],
        [("requireSSL", "true")],
        [("tls", "true")],
        [("tls", "skip-verify")],
        [("sslaccept", "accept_invalid_certs")],
        [("sslMode", "trust")],
        [("ssl", '{"rejectUnauthorized":false}')],
    ],
)
def test_every_spelling_of_tls_makes_the_driver_speak_it(words: list[tuple[str, str]]) -> None:
    assert read_options(words).driver == {"ssl_mode": "REQUIRED"}


@pytest.mark.parametrize(
    "words",
    [
        [("ssl_ca", "CA")],
        [("ssl-ca", "CA"), ("ssl-mode", "REQUIRED")],
        [("sslmode", "verify-ca"), ("sslrootcert", "CA")],
        [("ssl_mode", "VERIFY_CA"), ("sslCa", "CA")],
        [("useSSL", "true"), ("verifyServerCertificate", "true"), ("serverSslCert", "CA")],
    ],
)
def test_a_ca_is_verified_by_whatever_the_mode_is_called(
    words: list[tuple[str, str]], authority: Authority
) -> None:
    given = [(word, str(authority.file) if value == "CA" else value) for word, value in words]

    assert read_options(given).driver == {"ssl_mode": "REQUIRED", "ssl": {"ca": str(authority.file)}}


@pytest.mark.parametrize(
    "word",
    [
        ("ssl_mode", "VERIFY_IDENTITY"),
        ("sslmode", "verify-full"),
        ("sslaccept", "strict"),
        ("ssl_verify_identity", "true"),
        ("ssl", '{"rejectUnauthorized":true}'),
    ],
)
def test_the_name_is_verified_where_that_is_asked_for(word: tuple[str, str], authority: Authority) -> None:
    options = read_options([word, ("ssl_ca", str(authority.file))]).driver

    assert options == {"ssl_mode": "VERIFY_IDENTITY", "ssl": {"ca": str(authority.file)}}


@pytest.mark.parametrize(
    "word", [("ssl-mode", "DISABLED"), ("useSSL", "false"), ("sslmode", "disable"), ("tls", "0")]
)
def test_who_wants_no_tls_gets_none(word: tuple[str, str]) -> None:
    assert read_options([word]).driver == {}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([("ssl_mode", "PREFERRED")], "with ssl_mode=REQUIRED or DISABLED"),
        ([("sslmode", "prefer")], "with ssl_mode=REQUIRED or DISABLED"),
        ([("ssl_mode", "SOMEHOW")], "with ssl_mode=DISABLED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY"),
        ([("tls", "custom")], "with ssl_mode=DISABLED, REQUIRED"),
        ([("ssl", '{"ca":"x"}')], "with ssl_mode=DISABLED, REQUIRED"),
        ([("ssl", "{")], "with ssl_mode=DISABLED, REQUIRED"),
        ([("requireSSL", "strict")], "with ssl_mode=DISABLED, REQUIRED"),
        ([("ssl_mode", "VERIFY_CA")], "with ssl_ca=/path/to/ca.pem: without it"),
        ([("useSSL", "false"), ("requireSSL", "true")], "with TLS or without: it asks for both"),
        ([("ssl_mode", "DISABLED"), ("ssl_ca", "/etc/ca.pem")], "with TLS or without: it asks for both"),
        ([("ssl_ca", "/nowhere/ca.pem")], "with ssl_ca that can be read: /nowhere/ca.pem cannot"),
        ([("ssl_ca", "/usr")], "with ssl_ca "),
        ([("ssl_ca", __file__)], f"with ssl_ca in PEM: {__file__} holds none"),
        ([("ssl_ca", "")], "with ssl_ca "),
        ([("sslcert", "/etc/ca.pem")], "with ssl_cert and ssl_key, both"),
    ],
)
def test_what_cannot_be_done_or_verified_is_refused(words: list[tuple[str, str]], sentence: str) -> None:
    with pytest.raises(Refused, match=f"^{sentence}"):
        read_options(words)


def test_a_key_in_place_of_the_ca_or_of_another_certificate_is_refused(
    authority: Authority, stranger: Authority
) -> None:
    (certificate, key), (_, foreign_key) = authority.sign("client"), stranger.sign("foreign")

    assert read_options([("ssl-cert", str(certificate)), ("ssl-key", str(key))]).driver == {
        "ssl_mode": "REQUIRED",
        "ssl": {"cert": str(certificate), "key": str(key)},
    }
    with pytest.raises(Refused, match=r"^with ssl_cert and ssl_key in PEM"):
        read_options([("ssl-cert", str(certificate)), ("ssl-key", str(foreign_key))])
    with pytest.raises(Refused, match=r"^with ssl_ca in PEM"):
        read_options([("ssl_ca", str(key))])


# --- a real server, whose certificate names no host, as MySQL's own -------------------------------


@pytest.fixture(scope="module")
def server(authority: Authority) -> Iterator[DatabaseServer]:
    certificate, key = authority.sign("MariaDB_Auto_Generated_Server_Certificate")
    options = [f"--ssl-ca={authority.file}", f"--ssl-cert={certificate}", f"--ssl-key={key}"]
    with private_mariadb(*options, durable=False) as server:
        yield server


def cipher(server: DatabaseServer, *words: tuple[str, str]) -> str:
    """What the session of a connection with these words is encrypted with; "" is plaintext."""
    import MySQLdb

    assert server.service is not None
    where = {"host": HOST, "port": server.service.port, "user": "root"}
    with contextlib.closing(MySQLdb.connect(**where, **read_options(words).driver)) as connection:
        cursor = connection.cursor()
        cursor.execute("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
        return str(cursor.fetchone()[1])


@pytest.mark.servers
def test_the_link_is_encrypted_when_asked_and_verified_by_the_right_ca_only(
    server: DatabaseServer, authority: Authority, stranger: Authority
) -> None:
    from MySQLdb import OperationalError

    assert cipher(server) == ""
    assert cipher(server, ("ssl", "true"))
    assert cipher(server, ("ssl_ca", str(authority.file)))
    assert cipher(server, ("ssl_mode", "VERIFY_CA"), ("ssl_ca", str(authority.file)))
    with pytest.raises(OperationalError, match="2026"):
        cipher(server, ("ssl_ca", str(stranger.file)))


@pytest.mark.servers
def test_a_certificate_that_names_the_host_passes_the_strictest_mode(authority: Authority) -> None:
    certificate, key = authority.sign("named", address=HOST)
    options = [f"--ssl-ca={authority.file}", f"--ssl-cert={certificate}", f"--ssl-key={key}"]
    with private_mariadb(*options, durable=False) as server:
        assert cipher(server, ("ssl_mode", "VERIFY_IDENTITY"), ("ssl_ca", str(authority.file)))
