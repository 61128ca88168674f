"""The HTTP edge: who is calling, parameters, the envelope, and every failure as an answer."""

import logging
import time
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
from django.core.exceptions import BadRequest, PermissionDenied, RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import path
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from chatproject.access.revoking import revoke_token
from chatproject.errors import ChatError, InvalidInput, RoomNotFound, StoreUnavailable, TooManyRequests
from chatproject.http import api, handlers
from chatproject.http.api import caller_of, parse_id, query_integer, query_text
from tests.factories import ALICE, token_for


class Echo(APIView):
    """Answers with who called and what was asked."""

    def get(self, request: Request) -> Response:
        page = query_integer(request, "page", default=0, maximum=100)
        return Response({"member": caller_of(request).member_id, "page": page})

    def post(self, request: Request) -> Response:
        return Response({"name": query_text(request, "name"), "body": request.data})


class Fail(APIView):
    """Raises what the test put here."""

    exception: BaseException = RuntimeError()

    def get(self, request: Request) -> Response:
        raise self.exception


urlpatterns = [path("echo", Echo.as_view()), path("fail", Fail.as_view())]
handler400, handler403 = handlers.bad_request, handlers.permission_denied
handler404, handler500 = handlers.path_not_found, handlers.server_error

pytestmark = [pytest.mark.urls(__name__), pytest.mark.django_db]


def call(method: str = "get", path: str = "/echo", **headers: str) -> tuple[int, dict[str, Any]]:
    answer = getattr(Client(raise_request_exception=False), method)(path, headers=headers)
    return answer.status_code, answer.json()


def call_failing(monkeypatch: pytest.MonkeyPatch, exception: BaseException) -> tuple[int, dict[str, Any]]:
    monkeypatch.setattr(Fail, "exception", exception)
    return call(path="/fail", access=token_for(ALICE))


# --- who is calling ------------------------------------------------------------------------------


def test_alice_is_known_by_the_header_access() -> None:
    status, body = call(access=token_for(ALICE))

    assert (status, body["data"]["member"]) == (200, ALICE)


def test_a_revoked_token_is_refused_where_no_process_knows_it() -> None:
    now = datetime.now(UTC)
    revoke_token(jti="a-1", expires_at=now, now=now)
    assert call(access=token_for(ALICE, jti="a-1"))[0] == 401
    assert call(access=token_for(ALICE, jti="a-2"))[0] == 200


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER "])
def test_alice_is_known_by_a_bearer_token(scheme: str) -> None:
    assert call(authorization=f"{scheme} {token_for(ALICE)}")[0] == 200


def test_a_spring_servers_secret_and_its_algorithm_are_those_of_the_settings(settings: Any) -> None:
    settings.JWT_SECRET, settings.JWT_ALGORITHM = bytes(range(64)), "HS384"
    api.token_verifier.cache_clear()
    try:
        claims = jwt.decode(token_for(ALICE), options={"verify_signature": False})
        assert call(access=jwt.encode(claims, settings.JWT_SECRET, algorithm="HS384"))[0] == 200
        assert call(access=jwt.encode(claims, settings.JWT_SECRET, algorithm="HS512"))[0] == 401
    finally:
        api.token_verifier.cache_clear()


def test_the_same_token_twice_is_one_token() -> None:
    token = token_for(ALICE)

    assert call(access=token, authorization=f"Bearer {token}")[0] == 200


def test_two_different_tokens_are_refused() -> None:
    status, body = call(access=token_for(ALICE), authorization=f"Bearer {token_for(8)}")

    assert (status, body["code"]) == (401, "E-AU001")


@pytest.mark.parametrize(
    "headers", [{}, {"access": ""}, {"authorization": "Basic YTpi"}, {"authorization": "Bearer"}]
)
def test_without_a_token_nobody_gets_in(headers: dict[str, str]) -> None:
    assert call(**headers) == (401, {"status": 401, "code": "E-AU001", "message": "액세스 토큰이 없어요."})


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("garbage", "액세스 토큰의 형식이 잘못됐어요."),
        (token_for(ALICE, exp=int(time.time()) - 1), "액세스 토큰이 만료됐어요."),
        (token_for(ALICE, category="refresh"), "액세스 토큰이 아니에요."),
    ],
)
def test_the_message_says_what_is_wrong_with_a_token(token: str, message: str) -> None:
    assert call(access=token) == (401, {"status": 401, "code": "E-AU001", "message": message})


def test_a_401_names_the_scheme() -> None:
    assert Client().get("/echo")["WWW-Authenticate"] == "Bearer"


def test_a_token_in_the_query_is_for_sockets_only() -> None:
    assert call(path=f"/echo?access={token_for(ALICE)}")[0] == 401


# --- parameters ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "raw", ["-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "1_0", "٧", "²", "101", "9" * 30, "a"]
)
def test_a_page_is_a_plain_ascii_integer_in_range(raw: str) -> None:
    answer = Client().get("/echo", {"page": raw}, headers={"access": token_for(ALICE)})

    assert (answer.status_code, answer.json()["code"]) == (400, "E-C001")


@pytest.mark.parametrize("query", ["page=", "page", "page=&x=1", "page=3&page="])
def test_an_empty_page_is_the_first_one(query: str) -> None:
    status, body = call(path=f"/echo?{query}", access=token_for(ALICE))

    assert (status, body["data"]["page"]) == (200, 0)


def test_the_refusal_names_the_parameter_and_its_range() -> None:
    body = call(path="/echo?page=x", access=token_for(ALICE))[1]

    assert body["message"] == "page 값은 0부터 100까지의 정수여야 해요."


def test_a_missing_parameter_is_named() -> None:
    status, body = call("post", access=token_for(ALICE))

    assert (status, body["message"]) == (400, "name 값이 없어요.")


@pytest.mark.parametrize("raw", ["0", "9223372036854775808", "-5", "seven", "٧"])
def test_an_id_is_from_1_to_the_largest_bigint(raw: str) -> None:
    with pytest.raises(InvalidInput):
        parse_id(raw)


def test_the_largest_id_is_an_id() -> None:
    assert parse_id("9223372036854775807") == 2**63 - 1


# --- answers -------------------------------------------------------------------------------------


def test_a_success_has_the_envelope() -> None:
    status, body = call(path="/echo?page=3", access=token_for(ALICE))

    expected = {
        "status": "SUCCESS",
        "code": "S-001",
        "message": "처리했어요.",
        "data": {"member": ALICE, "page": 3},
    }
    assert (status, body) == (200, expected)


def test_no_cache_keeps_what_one_member_was_answered_for_another() -> None:
    for member in ({"access": token_for(ALICE)}, {}):
        assert Client().get("/echo", headers=member)["Cache-Control"] == "no-store"


@pytest.mark.parametrize("failure", ChatError.__subclasses__())
def test_every_failure_has_its_status_and_code(failure: type[ChatError], monkeypatch: pytest.MonkeyPatch) -> None:
    status, body = call_failing(monkeypatch, failure())

    assert status == body["status"] == failure.http_status
    assert body["code"] == failure.code
    assert set(body) == {"status", "code", "message", *failure().details}


def test_where_waiting_helps_the_answer_says_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fail, "exception", TooManyRequests(retry_after=2.5))
    answer = Client().get("/fail", headers={"access": token_for(ALICE)})

    assert answer.json()["retryAfter"] == 2.5
    assert answer["Retry-After"] == "2"


@pytest.mark.parametrize(
    ("exception", "expected"),
    [
        (OperationalError(2006, "gone away"), (503, "E-S002")),
        (InterfaceError(), (503, "E-S002")),
        (Http404(), (404, "E-C006")),
        (PermissionDenied(), (403, "E-AU002")),
        (BadRequest(), (400, "E-C001")),
        (RequestDataTooBig(), (413, "E-C002")),
        (exceptions.ParseError(), (400, "E-C001")),
        (exceptions.ValidationError("x"), (400, "E-C001")),
        (exceptions.UnsupportedMediaType("x"), (400, "E-C001")),
        (exceptions.NotAcceptable(), (400, "E-C001")),
        (exceptions.Throttled(), (429, "E-C004")),
        (exceptions.PermissionDenied(), (403, "E-AU002")),
        (exceptions.NotFound(), (404, "E-C006")),
    ],
)
def test_failures_of_the_framework_and_the_database_have_codes_too(
    exception: Exception, expected: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    status, body = call_failing(monkeypatch, exception)

    assert (status, body["code"]) == expected


def test_a_fault_of_ours_shows_nothing_internal_and_is_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    status, body = call_failing(monkeypatch, RuntimeError("the password is swordfish"))

    assert (status, body) == (500, {"status": 500, "code": "E-S001", "message": "서버에 문제가 생겼어요."})
    assert [record.levelno for record in caplog.records if record.exc_info] == [logging.ERROR]


def test_an_unreachable_database_says_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    _status, body = call_failing(monkeypatch, OperationalError())

    assert body["retryAfter"] > 0


@pytest.mark.parametrize("method", ["put", "patch", "delete", "trace"])
def test_a_wrong_method_is_405(method: str) -> None:
    status, body = call(method, access=token_for(ALICE))

    assert (status, body["code"]) == (405, "E-C005")


def test_django_s_own_handlers_use_the_envelope() -> None:
    request = RequestFactory().get("/")

    for answer, code in (
        (handlers.bad_request(request, BadRequest()), "E-C001"),
        (handlers.bad_request(request, RequestDataTooBig()), "E-C002"),
        (handlers.permission_denied(request, PermissionDenied()), "E-AU002"),
        (handlers.path_not_found(request, Http404()), "E-C006"),
        (handlers.server_error(request), "E-S001"),
    ):
        assert code in answer.content.decode()
        assert answer["Content-Type"] == "application/json"


# --- languages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        ("en", "There is no such room."),
        ("en-GB,ko;q=0.3", "There is no such room."),
        ("ko-KR,en;q=0.9", "채팅방을 찾을 수 없어요."),
        ("fr", "채팅방을 찾을 수 없어요."),
        ("x" * 1_000, "채팅방을 찾을 수 없어요."),
        ("", "채팅방을 찾을 수 없어요."),
    ],
)
def test_messages_are_korean_unless_english_is_preferred(
    wanted: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Fail, "exception", RoomNotFound())
    _status, body = call(path="/fail", access=token_for(ALICE), **{"Accept-Language": wanted})

    assert body["message"] == message


def test_a_lost_store_is_told_apart_from_a_fault() -> None:
    assert isinstance(api.as_chat_error(OperationalError()), StoreUnavailable)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OperationalError(1205, "Lock wait timeout exceeded"), "OperationalError 1205"),
        (DataError(1406, "Data too long for column 'contents': 'secret'"), "DataError 1406"),
        (OperationalError("database is locked"), "OperationalError database is locked"),
        (OperationalError(2026, "TLS/SSL error: no"), "OperationalError 2026 TLS/SSL error: no"),
        (OperationalError(1290, "running with --read-only"), "OperationalError 1290 running with --read-only"),
        (OperationalError(), "OperationalError"),
    ],
)
def test_the_log_says_what_is_wrong_with_the_way_to_the_database_and_quotes_no_statement(
    error: Exception, line: str
) -> None:
    assert api.describe_database_error(error) == line
