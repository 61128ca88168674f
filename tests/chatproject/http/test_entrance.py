"""Who may come in: by which host, with which headers, by which form of a target. Sockets as Django's requests."""

from typing import Any

import httpx
import pytest

from chatproject.http.entrance import HEADERS_MAX, HEADERS_MAX_BYTES, Entrance
from chatproject.http.proxies import Proxies

FRONT = "https://community.example.com"
HOST = (b"host", b"chat.example.com")


@pytest.fixture(autouse=True)
def _hosts(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["chat.example.com", ".example.org", "localhost"]


class Inside:
    """An application that remembers how those looked who came in."""

    def __init__(self) -> None:
        self.seen: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, _receive: Any, _send: Any) -> None:
        self.seen.append(scope)


async def come(*headers: tuple[bytes, bytes], kind: str = "websocket", **differs: Any) -> tuple[Any, list[Any]]:
    """The scope that the application sees, None where it sees nobody, and what the client is told."""
    scope: dict[str, Any] = {
        "type": kind,
        "scheme": "ws" if kind == "websocket" else "http",
        "method": "GET",
        "path": "/v2/chat/connect",
        "raw_path": b"/v2/chat/connect",
        "query_string": b"access=x",
        "headers": list(headers),
        "server": ("127.0.0.1", 8081),
        "client": ("10.1.2.3", 4711),
        "extensions": {"websocket.http.response": {}},
    }
    inside, told = Inside(), []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(event: Any) -> None:
        told.append(event)

    await Entrance(inside, proxies=Proxies(["10.0.0.0/8"]))({**scope, **differs}, receive, send)
    return (inside.seen[0] if inside.seen else None), told


@pytest.mark.parametrize(
    "host", ["chat.example.com", "Chat.Example.com:8081", "chat.example.com.", "www.example.org", "localhost:8081"]
)
async def test_a_socket_comes_in_by_an_allowed_host(host: str) -> None:
    scope, told = await come((b"host", host.encode()))

    assert scope is not None
    assert told == []


@pytest.mark.parametrize(
    "host",
    ["evil.example", "chat.example.com.evil.example", "127.0.0.1", "", "a b", "chat.example.com@evil", "\xff"],
)
async def test_a_socket_by_another_host_is_refused_with_400(host: str, caplog: pytest.LogCaptureFixture) -> None:
    scope, (start, body) = await come((b"host", host.encode("latin-1")))

    assert scope is None
    assert (start["status"], body["body"]) == (400, b"host not allowed")
    assert "turned away with 400: host not allowed" in caplog.text


async def test_without_a_host_the_servers_own_address_counts_as_for_django(settings: Any) -> None:
    assert (await come())[0] is None
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    assert (await come())[0] is not None


async def test_a_server_that_cannot_send_a_status_closes() -> None:
    assert await come((b"host", b"evil.example"), extensions={}) == (None, [{"type": "websocket.close"}])


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    ("target", "host", "path"),
    [
        (b"http://chat.example.com/v1/docs", b"chat.example.com", "/v1/docs"),
        (b"HTTPS://chat.example.com:8443/v1/docs", b"chat.example.com:8443", "/v1/docs"),
        (b"ws://chat.example.com/%EB%B0%A9", b"chat.example.com", "/방"),
        (b"http://chat.example.com", b"chat.example.com", "/"),
    ],
)
async def test_an_absolute_target_says_the_host(kind: str, target: bytes, host: bytes, path: str) -> None:
    scope, _told = await come((b"host", b"evil.example"), kind=kind, path=target.decode(), raw_path=target)

    assert (scope["path"], scope["query_string"]) == (path, b"access=x")
    assert [value for name, value in scope["headers"] if name == b"host"] == [host]


@pytest.mark.parametrize("target", [b"http:///v1/docs", b"http://u@chat.example.com/", b"http://"])
async def test_an_absolute_target_without_a_plain_host_is_refused(target: bytes) -> None:
    scope, (start, _body) = await come(HOST, kind="http", path=target.decode(), raw_path=target)

    assert scope is None
    assert start["status"] == 400


async def test_an_absolute_target_of_another_host_is_no_way_in() -> None:
    target = b"http://evil.example/v2/chat/connect"

    assert (await come(HOST, path=target.decode(), raw_path=target))[0] is None


@pytest.mark.parametrize("target", [b"*", b"nonsense", b"ftp://chat.example.com/"])
async def test_any_other_target_stays_a_path_that_is_not_there(target: bytes) -> None:
    scope, _told = await come(HOST, kind="http", path=target.decode(), raw_path=target)

    assert scope["path"] == target.decode()


@pytest.mark.parametrize(
    ("told", "host"),
    [(b"https", b"chat.example.com"), (b"http", b"chat.example.com:443")],
)
async def test_the_schemes_own_port_is_no_part_of_the_host(told: bytes, host: bytes) -> None:
    scope, _told = await come((b"host", b"Chat.example.com:443"), (b"x-forwarded-proto", told), kind="http")

    assert dict(scope["headers"])[b"host"] == host


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [
        [(b"cookie", b"x" * (HEADERS_MAX_BYTES - 100))],
        [(b"cookie", b"x" * 8_192)] * 7,
        [(b"x-%d" % number, b"x") for number in range(HEADERS_MAX - 1)],
    ],
    ids=["one long line", "many long lines", "many lines"],
)
async def test_the_cookies_of_a_big_site_come_in(kind: str, headers: list[tuple[bytes, bytes]]) -> None:
    assert (await come(HOST, *headers, kind=kind))[0] is not None


@pytest.mark.parametrize("kind", ["http", "websocket"])
@pytest.mark.parametrize(
    "headers",
    [[(b"cookie", b"x" * HEADERS_MAX_BYTES)], [(b"x-%d" % number, b"x") for number in range(HEADERS_MAX)]],
    ids=["too long", "too many"],
)
async def test_more_is_refused_with_431(
    kind: str, headers: list[tuple[bytes, bytes]], caplog: pytest.LogCaptureFixture
) -> None:
    scope, told = await come(HOST, *headers, kind=kind)

    assert scope is None
    assert told[0]["status"] == 431
    assert "turned away with 431: headers too large" in caplog.text


async def test_a_front_end_may_read_that_refusal(settings: Any) -> None:
    settings.CORS_ALLOWED_ORIGINS, settings.CORS_ALLOW_CREDENTIALS = [FRONT], True
    entrance: Any = Entrance(Inside(), proxies=Proxies([]))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(entrance), base_url="http://localhost") as client:
        headers = {"origin": FRONT, "cookie": "x" * HEADERS_MAX_BYTES}
        answer = await client.get("/v1/chat/my/rooms", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (431, "E-C002")
    assert answer.json()["message"] == "요청 헤더가 너무 커요. 쿠키가 많지는 않은가요?"
    assert answer.headers["access-control-allow-origin"] == FRONT
    assert answer.headers["access-control-allow-credentials"] == "true"


@pytest.mark.parametrize("kind", ["http", "websocket"])
async def test_cookies_with_escapes_stay_outside_and_the_others_come_in(kind: str) -> None:
    cookies = [b'sessionid=a1; theirs="a\\054b"; csrftoken=b2', b'x="\\""', b"django_language=ko"]
    scope, _told = await come(HOST, *((b"cookie", value) for value in cookies), kind=kind)

    seen = [value for name, value in scope["headers"] if name == b"cookie"]
    assert seen == [b"sessionid=a1; csrftoken=b2", b"", b"django_language=ko"]


@pytest.mark.parametrize(
    ("content_type", "is_seen"),
    [(b"multipart/form-data; boundary=" + b"x" * 70, True), (b"a" + b";" * 300, False)],
)
async def test_only_a_content_type_of_ordinary_length_is_read(content_type: bytes, is_seen: bool) -> None:
    scope, _told = await come(HOST, (b"content-type", content_type), kind="http")

    assert ((b"content-type", content_type) in scope["headers"]) is is_seen


async def test_who_is_turned_away_is_answered_without_reading_those_either() -> None:
    many = [(b"x-more", b"") for _ in range(HEADERS_MAX)]
    headers = [HOST, (b"cookie", b'a="\\""; django_language=en'), *many]
    scope, (start, body) = await come(*headers, kind="http")

    assert scope is None
    assert start["status"] == 431
    assert b"headers are too large" in body["body"]  # in the language of the cookie that is left
