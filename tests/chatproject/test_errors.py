"""The table of failures is the one of the wire contract."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from chatproject import errors, file_errors, room_errors
from chatproject.errors import ChatError
from chatproject.server_api import errors as server_errors

CONTRACT = {
    ("E-C001", 400),
    ("E-C001", 408),
    ("E-C002", 413),
    ("E-C002", 431),
    ("E-C003", 400),
    ("E-C004", 429),
    ("E-C005", 405),
    ("E-C006", 404),
    ("E-AU001", 401),
    ("E-AU002", 403),
    ("E-AU003", 403),
    ("E-M001", 404),
    ("E-MS001", 404),
    ("E-MS002", 403),
    ("E-MS003", 409),
    ("E-MS004", 410),
    ("E-MS005", 400),
    ("E-MS006", 409),
    ("E-MS007", 403),
    ("E-M002", 403),
    ("E-R001", 404),
    ("E-R002", 409),
    ("E-R003", 403),
    ("E-R004", 403),
    ("E-R005", 404),
    ("E-R006", 410),
    ("E-MO001", 403),
    ("E-MO002", 403),
    ("E-MO003", 429),
    ("E-MO004", 403),
    ("E-MO005", 409),
    ("E-MO006", 409),
    ("E-MO007", 422),
    ("E-MO008", 409),
    ("E-MO009", 409),
    ("E-MO010", 409),
    ("E-MO011", 409),
    ("E-MO012", 404),
    ("E-FI001", 404),
    ("E-FI002", 413),
    ("E-FI003", 415),
    ("E-FI004", 409),
    ("E-FI005", 409),
    ("E-FI006", 422),
    ("E-FI007", 400),
    ("E-FI008", 429),
    ("E-FI009", 409),
    ("E-FI010", 503),
    ("E-FI011", 403),
    ("E-FI012", 403),
    ("E-A001", 503),
    ("E-A002", 502),
    ("E-A003", 422),
    ("E-A004", 429),
    ("E-A005", 403),
    ("E-S001", 500),
    ("E-S002", 503),
}
OF_THE_SERVER_API = {
    ("E-SV001", 401),
    ("E-SV002", 403),
    ("E-SV003", 409),
    ("E-SV004", 422),
    ("E-SV005", 409),
}


OURS = {module.__name__ for module in (errors, room_errors, file_errors, server_errors)}


def failures(base: type[ChatError] = ChatError) -> Iterator[type[ChatError]]:
    for failure in base.__subclasses__():
        if failure.__module__ in OURS:
            yield failure
        yield from failures(failure)


def test_the_codes_and_statuses_are_exactly_the_contracts() -> None:
    assert {(failure.code, failure.http_status) for failure in failures()} == CONTRACT | OF_THE_SERVER_API


@pytest.mark.parametrize("failure", list(failures()))
def test_every_failure_speaks_korean_and_english(failure: type[ChatError]) -> None:
    with translation.override("en"):
        english = str(failure().message)
    with translation.override("ko"):
        korean = str(failure().message)

    assert english.isascii()
    assert any("가" <= letter <= "힣" for letter in korean)


def test_a_message_of_its_own_replaces_the_default() -> None:
    assert errors.InvalidInput("page must be a number").message == "page must be a number"


def test_the_log_shows_code_and_message() -> None:
    with translation.override("en"):
        assert str(errors.RoomNotFound()) == "E-R001: There is no such room."
