"""What a request's body may be: JSON that every parser reads alike."""

from typing import Any

import msgspec
import pytest
from django.test import Client
from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.http.api import parse_body
from tests.factories import ALICE, token_for


class Echo(APIView):
    """Answers with the body."""

    def post(self, request: Request) -> Response:
        return Response(request.data)


class Body(msgspec.Struct):
    seq: int
    seqs: list[int] = []


class Count(APIView):
    """Answers with the integers of a body."""

    def post(self, request: Request) -> Response:
        return Response(msgspec.to_builtins(parse_body(request, Body)))


urlpatterns = [path("echo", Echo.as_view()), path("count", Count.as_view())]
pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


@pytest.mark.parametrize(
    "text",
    [
        '{"a":',
        "[" * 100_000,
        "[" * 33 + "]" * 33,
        "\ud800".encode("utf-8", "surrogatepass"),
        b"\xff",
        "NaN",
        "\ufeff{}",
        "{} {}",
        '{"a": 1, "a": 1}',
        '{"a": 1, "\\u0061": 2}',
        '{"a": [{"b": 1, "c": 2, "b": 3}]}',
        "9" * 5_000,
    ],
)
def test_a_body_that_is_no_json_is_malformed(text: str | bytes) -> None:
    answer = Client(raise_request_exception=False).post(
        "/echo", text, content_type="application/json", headers={"access": token_for(ALICE)}
    )

    assert (answer.status_code, answer.json()["code"]) == (400, "E-C001")


def test_a_json_body_arrives_as_it_is() -> None:
    body = {"a": [1, 2.5, None, "채팅 🍣"]}
    answer = Client().post("/echo", body, content_type="application/json", headers={"access": token_for(ALICE)})

    assert answer.json()["data"] == body


@pytest.mark.parametrize("number", ["7", "7.0", "0.7e1", "70E-1"])
def test_an_integer_of_a_body_may_be_written_as_a_float(number: str) -> None:
    status, body = send(f'{{"seq": {number}, "seqs": [{number}]}}')

    assert (status, body["data"]) == (200, {"seq": 7, "seqs": [7]})


@pytest.mark.parametrize("number", ["7.5", "9007199254740992.0", "1e300", '"7"', '"7.0"', "true", "null"])
def test_what_is_no_exact_integer_is_refused_by_name(number: str) -> None:
    status, body = send(f'{{"seq": {number}}}')

    assert (status, body["code"]) == (400, "E-C001")
    assert "$.seq" in body["message"]


def send(text: str) -> tuple[int, dict[str, Any]]:
    answer = Client().post("/count", text, content_type="application/json", headers={"access": token_for(ALICE)})
    return answer.status_code, answer.json()


def test_a_form_is_not_taken_for_json() -> None:
    answer = Client().post("/echo", {"a": "b"}, headers={"access": token_for(ALICE)})

    assert (answer.status_code, answer.json()["code"]) == (400, "E-C001")
