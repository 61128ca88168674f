"""What a client says when it connects: its token wherever it stands, its language, its origin."""

from typing import Any

import pytest

from chatproject.errors import MissingToken, NotAuthenticated
from messaging.sockets.handshake import Handshake, NothingToAccept


def handshake(query: str = "", subprotocols: list[str] | None = None, **headers: str) -> Handshake:
    scope: dict[str, Any] = {
        "query_string": query.encode(),
        "headers": [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()],
        "subprotocols": subprotocols or [],
    }
    return Handshake.of(scope)


@pytest.mark.parametrize(
    "given",
    [
        handshake("access=a.b.c"),
        handshake("roomId=3&access=a.b.c"),
        handshake(access="a.b.c"),
        handshake(Access="a.b.c"),
        handshake(authorization="Bearer a.b.c"),
        handshake(authorization="bearer  a.b.c "),
        handshake(subprotocols=["chat.v2", "bearer.a.b.c"]),
        handshake(subprotocols=["bearer.a.b.c"]),
        handshake("access=a.b.c", ["bearer.a.b.c"], access="a.b.c", authorization="Bearer a.b.c"),
        handshake("access=a.b.c&access=a.b.c"),
        handshake("access=&access=a.b.c"),
    ],
)
def test_the_token_is_found_wherever_it_stands(given: Handshake) -> None:
    assert given.token() == "a.b.c"


@pytest.mark.parametrize(
    "given",
    [
        handshake(),
        handshake("access="),
        handshake("Access=a"),
        handshake(authorization="Basic a"),
        handshake(authorization="a.b.c"),
        handshake(subprotocols=["chat.v2", "bearer."]),
    ],
)
def test_no_token_is_a_missing_one(given: Handshake) -> None:
    with pytest.raises(MissingToken):
        given.token()


@pytest.mark.parametrize(
    "given",
    [
        handshake("access=a&access=b"),
        handshake("access=a", access="b"),
        handshake("access=a", authorization="Bearer b"),
        handshake("access=a", ["bearer.b"]),
        handshake(subprotocols=["bearer.a", "bearer.b"]),
    ],
)
def test_two_different_tokens_are_none(given: Handshake) -> None:
    with pytest.raises(NotAuthenticated):
        given.token()


@pytest.mark.parametrize(
    ("offered", "accepted"),
    [
        ([], None),
        ([""], None),
        (["chat.v2"], "chat.v2"),
        (["bearer.a", "chat.v2"], "chat.v2"),
        (["chat.v3", "chat.v2"], "chat.v2"),
    ],
)
@pytest.mark.parametrize("is_v1", [False, True])
def test_our_subprotocol_is_accepted_where_it_is_offered(
    offered: list[str], accepted: str | None, is_v1: bool
) -> None:
    assert handshake(subprotocols=offered).subprotocol(is_v1=is_v1) == accepted


@pytest.mark.parametrize("offered", [["bearer.a"], ["bearer.a", "bearer.a"], ["chat.v3"], ["Chat.v2", "bearer.a"]])
def test_an_offer_that_browsers_would_break_off_over_is_refused(offered: list[str]) -> None:
    with pytest.raises(NothingToAccept):
        handshake(subprotocols=offered).subprotocol()


def test_v1_accepts_any_name_but_never_the_token() -> None:
    assert handshake(subprotocols=["bearer.a", "v10.stomp", "v11.stomp"]).subprotocol(is_v1=True) == "v10.stomp"
    with pytest.raises(NothingToAccept):
        handshake(subprotocols=["bearer.a"]).subprotocol(is_v1=True)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "ko"),
        ("en", "en"),
        ("en-GB,ko;q=0.5", "en"),
        ("ko-KR,en;q=0.9", "ko"),
        ("fr, en;q=0.8, ko;q=0.9", "ko"),
        ("fr,de", "ko"),
        ("*", "ko"),
        ("\xff\xfe;;q=x", "ko"),
    ],
)
def test_the_language_is_the_preferred_one_among_ours(header: str, language: str) -> None:
    assert handshake(accept_language=header).language() == language


@pytest.mark.parametrize(
    ("origin", "allowed", "is_let_in"),
    [
        (None, [], True),
        ("https://community.example", ["https://community.example"], True),
        ("https://community.example", ["*"], True),
        ("https://chat.example:8081", [], True),
        ("https://evil.example", ["https://community.example"], False),
        ("https://community.example.evil.example", ["https://community.example"], False),
        ("http://community.example", ["https://community.example"], False),
        ("https://chat.example", [], False),
        ("null", ["https://community.example"], False),
        ("", ["https://community.example"], False),
    ],
)
def test_a_browser_comes_from_a_page_of_ours(origin: str | None, allowed: list[str], is_let_in: bool) -> None:
    host = "chat.example:8081"
    given = handshake(host=host) if origin is None else handshake(host=host, origin=origin)
    assert given.origin_is_allowed(allowed) == is_let_in


@pytest.mark.parametrize(
    "host", ["chat.example", "chat.example:443", "Chat.Example", "chat.example.", "CHAT.example.:443"]
)
def test_a_page_of_ours_is_known_however_a_proxy_spells_the_host(host: str) -> None:
    assert handshake(host=host, origin="https://chat.example").origin_is_allowed([])
    assert not handshake(host=host, origin="https://other.example").origin_is_allowed([])
    assert not handshake(host=host, origin="https://chat.example:8443").origin_is_allowed([])


def test_the_app_of_a_phone_is_let_in_where_it_is_listed() -> None:
    app = handshake(host="localhost", origin="capacitor://localhost")

    assert app.origin_is_allowed(["capacitor://localhost"])
    assert not app.origin_is_allowed(["http://localhost"])


def test_a_strange_query_is_no_failure() -> None:
    given = handshake("&".join(f"roomId={number}" for number in range(500)) + "&%zz=%ff&=&&access=%00")
    assert given.parameter("roomId") == "0"
    assert given.parameter("nothing") == ""
    assert given.token() == "\0"


def test_a_header_that_is_sent_twice_is_two_tokens() -> None:
    handshake = Handshake.of({"query_string": b"", "headers": [(b"access", b"one"), (b"access", b"two")]})
    with pytest.raises(NotAuthenticated):
        handshake.token()
