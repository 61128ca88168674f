"""Whether models are there: asked of a real HTTP server by their names, with nothing said to them."""

from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from django.utils import timezone

from assistant.models import AssistantRun
from assistant.providers.checkup import look_at_model
from rooms.models import Member
from tests.chatproject.doctor.asking import said
from tests.chatproject.key_server import KeyServer
from tests.factories import make_group_room

pytestmark = pytest.mark.django_db


@pytest.fixture
def model(settings: Any) -> Any:
    server = KeyServer()
    settings.ASSISTANT_PROVIDER, settings.LLM_KEY = "gemini", "hunter22"
    settings.GEMINI_BASE_URL = server.url.removesuffix("/keys")
    settings.GEMINI_MODEL, settings.GEMINI_FALLBACK_MODEL = "models/small", ""
    with server.running():
        yield server


def found(settings: Any) -> list[str]:
    return said(look_at_model(settings, now=timezone.now()), "broken", "warning", "note", "ok")


def test_it_is_asked_for_by_name_with_the_key_in_a_header(model: KeyServer, settings: Any) -> None:
    asked: list[tuple[str, str | None]] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append((request.path, request.headers["x-goog-api-key"]))
        request.send_response(200)
        request.send_header("Content-Length", "0")
        request.end_headers()

    model.answer = answer
    assert found(settings) == ["ok: small is there"]
    assert asked == [("/v1beta/models/small", "hunter22")]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (403, "broken: the provider refuses the key"),
        (404, "warning: the provider knows no small"),
        (429, "warning: the provider's quota"),
        (503, "broken: the provider answers 503"),
    ],
)
def test_what_it_answers_is_put_into_words(model: KeyServer, settings: Any, status: int, words: str) -> None:
    model.status = status
    assert found(settings)[0].startswith(words)


def test_of_a_provider_that_is_not_there_nothing_of_the_key_is_said(settings: Any) -> None:
    settings.ASSISTANT_PROVIDER, settings.LLM_KEY = "openai", "hunter22"
    settings.OPENAI_BASE_URL, settings.OPENAI_MODEL = "http://127.0.0.1:9", "large"
    assert found(settings) == ["broken: the provider of large cannot be reached: ConnectError"]
    settings.ASSISTANT_PROVIDER, settings.LLM_KEY = "gemini", ""
    assert found(settings) == ["note: LLM_KEY is not set: there is no assistant"]


def test_answers_that_failed_lately_are_counted(model: KeyServer, settings: Any, alice: Member) -> None:
    room, now = make_group_room("Garden", alice), timezone.now()
    for number in range(6):
        AssistantRun.objects.create(
            run_id=f"{number:032x}",
            room=room,
            trigger_seq=number,
            state="failed" if number else "done",
            error_code="E-A001" if number else "",
            created_at=now,
            finished_at=now,
        )
    assert found(settings)[1] == "warning: 5 of the last 6 answers failed, most with E-A001"
