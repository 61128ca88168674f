"""Under the files' own host there is nothing else, and under the others there are no files."""

from typing import Any

import pytest

from messaging.files.downloads.own_host import FilesHost
from tests.messaging.files.asking import Reader, scope_of

FILES, CHAT = "files.example.com", "chat.example.com"
A_FILE = "/v1/files/12..r.1~x"


async def reached(application: Any, path: str, host: str, method: str = "GET") -> tuple[bool, int]:
    """Whether the request got through, and what was answered where it did not."""
    reader = Reader()
    await application(scope_of(path, method, host=host), reader.receive, reader.send)
    assert "set-cookie" not in reader.answer.headers
    return application._application.reached.pop("path", None) == path, reader.answer.status


class Application:
    def __init__(self) -> None:
        self.reached: dict[str, Any] = {}

    async def __call__(self, scope: dict[str, Any], _receive: Any, _send: Any) -> None:
        self.reached = {"path": scope["path"]}


@pytest.mark.parametrize(
    ("path", "method", "host", "status"),
    [
        (A_FILE, "GET", FILES, 0),
        (A_FILE, "PUT", FILES, 0),
        (A_FILE, "GET", CHAT, 404),
        (A_FILE, "HEAD", CHAT, 404),
        (A_FILE, "PUT", CHAT, 0),
        ("/admin/", "GET", FILES, 404),
        ("/", "GET", FILES, 404),
        ("/v1/chat/ticket", "POST", FILES, 404),
        ("/v1/files", "GET", FILES, 404),
        ("/admin/", "GET", CHAT, 0),
        ("/admin/", "GET", FILES + ":8443", 0),
        ("/admin/", "GET", FILES + ".", 404),
        (A_FILE, "GET", FILES + ".", 0),
    ],
)
async def test_each_host_has_its_own(path: str, method: str, host: str, status: int) -> None:
    application = FilesHost(Application(), origin=f"https://{FILES}")
    assert await reached(application, path, host, method) == (status == 0, status)


async def test_no_socket_is_opened_there() -> None:
    application = FilesHost(Application(), origin="https://files.example.com:8443")
    sent: list[Any] = []

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    async def send(event: Any) -> None:
        sent.append(event)

    await application(
        {**scope_of("/ws/v2/chat", host="files.example.com:8443"), "type": "websocket"}, receive, send
    )
    assert sent == [{"type": "websocket.close"}]


async def test_without_an_origin_every_host_has_all() -> None:
    application = FilesHost(Application(), origin="")
    assert await reached(application, A_FILE, CHAT) == (True, 0)
    assert await reached(application, "/admin/", FILES) == (True, 0)
