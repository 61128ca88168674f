"""Whose clock is wrong. The issuer's is a real HTTP server that writes another Date."""

import time
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler

import pytest
from pytest_django import DjangoDbBlocker

from chatproject.doctor.clocks import Clock, database_clock, http_clock, look_at_clocks, redis_clock
from tests.chatproject.doctor.asking import ALIAS, connected, said
from tests.chatproject.key_server import KeyServer
from tests.servers import DatabaseServer


def clock(name: str, ahead_s: float) -> Clock:
    return Clock(name, lambda: (time.time() + ahead_s, 0.0))


@pytest.mark.parametrize(
    ("ahead", "expected"),
    [
        ([0.1, -0.2], []),
        ([0.0, 3.0], ["warning: the clock of b is 3.0 s ahead of this machine's"]),
        ([0.0, -9.0], ["broken: the clock of b is 9.0 s behind this machine's"]),
        ([7.0, 7.4], ["broken: this machine's clock is 7.2 s behind a and b"]),
        (
            [7.0, -7.0],
            [
                "broken: the clock of a is 7.0 s ahead of this machine's",
                "broken: the clock of b is 7.0 s behind this machine's",
            ],
        ),
        ([7.0], ["broken: the clock of a is 7.0 s ahead of this machine's"]),
    ],
)
def test_where_all_others_agree_it_is_this_machines(ahead: list[float], expected: list[str]) -> None:
    clocks = [clock(name, ahead_s) for name, ahead_s in zip("ab", ahead, strict=False)]
    assert said(look_at_clocks(clocks)) == expected


def test_a_clock_that_cannot_be_asked_hides_no_other() -> None:
    def fails() -> tuple[float, float]:
        raise ConnectionError

    found = list(look_at_clocks([Clock("a", fails), clock("b", 9.0)]))
    assert said(found, "note") == ["note: a was not asked for its time: ConnectionError"]
    assert said(found) == ["broken: the clock of b is 9.0 s ahead of this machine's"]


def test_the_date_of_an_http_server_is_its_clock() -> None:
    server = KeyServer()

    def an_hour_ahead(request: BaseHTTPRequestHandler) -> None:
        request.send_response_only(200)
        request.send_header("Date", formatdate(time.time() + 3_600, usegmt=True))
        request.end_headers()

    with server.running():
        issuer = http_clock(server.url, "the issuer")
        assert said(look_at_clocks([issuer])) == []
        server.answer = an_hour_ahead
        [words] = said(look_at_clocks([issuer]))
    assert words.startswith("broken: the clock of the issuer is 3")
    assert "ahead of this machine's" in words


@pytest.mark.servers
def test_databases_and_redis_are_asked(
    mariadb: DatabaseServer, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> None:
    with django_db_blocker.unblock(), connected(mariadb.create_database(), monkeypatch):
        ahead = redis_clock("redis://x", "Redis", ask=lambda _url: (int(time.time()) + 60, 0))
        found = said(look_at_clocks([database_clock(ALIAS, "the database"), ahead]))
    assert found[0].startswith("broken: the clock of Redis is ")
    assert len(found) == 1
