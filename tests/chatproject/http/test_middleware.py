"""Health by any host, and bodies of a length that nobody announced."""

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, JsonResponse
from django.test import Client
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.http.turns import ALWAYS_ANSWERED
from tests.factories import ALICE, token_for

ACCESS = {"access": token_for(ALICE), "content-type": "application/json"}


class Echo(APIView):
    """Answers with the body."""

    def post(self, request: Request) -> Response:
        return Response(request.data)

    put = post


@csrf_exempt
def form(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"fields": request.POST.dict(), "files": list(request.FILES)})


urlpatterns = [path("v1/echo", Echo.as_view()), path("form", form)]


@pytest.mark.parametrize(
    "host", ["10.2.3.4:8081", "chat-1:8081", "chat_1:8081", "[fd00::1]", "", "prometheus target"]
)
def test_health_is_told_by_whatever_name_one_asks(settings: Any, host: str) -> None:
    settings.ALLOWED_HOSTS = ["chat.example.com", "localhost"]

    assert Client().get("/v1/healthz", headers={"host": host}).content == b"ok"
    # the other two speak of a process of their own: they know of none here, but of the host they do not complain
    assert {Client().get(path, headers={"host": host}).status_code for path in ALWAYS_ANSWERED[1:]} == {404}


def test_everything_else_is_told_by_an_allowed_host_only(settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["chat.example.com"]

    assert Client(raise_request_exception=False).get("/", headers={"host": "10.2.3.4"}).status_code == 400
    assert Client().get("/", headers={"host": "chat.example.com"}).status_code == 200


# --- bodies ------------------------------------------------------------------------------------


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(get_asgi_application())  # type: ignore[arg-type]  # typed by another vocabulary
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        yield client


async def in_pieces(*pieces: bytes) -> AsyncIterator[bytes]:
    for piece in pieces:
        yield piece


@pytest.mark.usefixtures("transactional_db")
@pytest.mark.urls(__name__)
@pytest.mark.parametrize("method", ["POST", "PUT"])
async def test_a_chunked_body_arrives_as_it_is(http: httpx.AsyncClient, method: str) -> None:
    said = {"persona": "다정한 길잡이", "mode": "on_call"}
    text = json.dumps(said).encode()

    chunked = await http.request(method, "/v1/echo", content=in_pieces(text[:7], b"", text[7:]), headers=ACCESS)
    whole = await http.request(method, "/v1/echo", content=text, headers=ACCESS)

    assert chunked.request.headers["transfer-encoding"] == "chunked"
    assert chunked.json()["data"] == whole.json()["data"] == said


@pytest.mark.urls(__name__)
async def test_a_chunked_form_arrives_too(http: httpx.AsyncClient) -> None:
    plain = {"content-type": "application/x-www-form-urlencoded"}
    parts = {"content-type": "multipart/form-data; boundary=b"}
    file = b'--b\r\ncontent-disposition: form-data; name="photo"; filename="a.txt"\r\n\r\nhello\r\n--b--\r\n'

    assert (await http.post("/form", content=in_pieces(b"a=1", b"&b=2"), headers=plain)).json() == {
        "fields": {"a": "1", "b": "2"},
        "files": [],
    }
    assert (await http.post("/form", content=in_pieces(file), headers=parts)).json() == {
        "fields": {},
        "files": ["photo"],
    }


@pytest.mark.urls(__name__)
async def test_a_chunked_body_of_nothing_is_an_empty_one(http: httpx.AsyncClient) -> None:
    chunked, none = (
        await http.post("/v1/echo", content=in_pieces(), headers=ACCESS),
        await http.post("/v1/echo", headers=ACCESS),
    )

    assert (chunked.status_code, chunked.json()) == (none.status_code, none.json())
