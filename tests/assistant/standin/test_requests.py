"""What the stand-in accepts and refuses, in Google's words."""

import json
from typing import Any

import pytest

from assistant.standin.requests import Refused, read_request

USER = {"role": "user", "parts": [{"text": "안녕"}]}
MODEL = {"role": "model", "parts": [{"text": "네"}]}


def refused(body: Any) -> dict[str, Any]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    with pytest.raises(Refused) as caught:
        read_request(raw, "generateContent")
    error: dict[str, Any] = caught.value.body["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    return error


def test_both_spellings_of_a_field_are_the_same() -> None:
    camel = {"contents": [USER], "systemInstruction": {"parts": [{"text": "x"}]}, "generationConfig": {"topP": 1}}
    snake = {
        "contents": [USER],
        "system_instruction": {"parts": [{"text": "x"}]},
        "generation_config": {"top_p": 1},
    }

    requests = [read_request(json.dumps(body).encode(), "generateContent") for body in (camel, snake)]

    assert requests[0] == requests[1]
    assert requests[0].system_instruction is not None


def test_the_callers_own_keys_are_left_alone() -> None:
    call = {"functionCall": {"name": "f", "args": {"my_key": 1}}}
    request = read_request(json.dumps({"contents": [{"parts": [call]}]}).encode(), "generateContent")

    assert request.contents[0].parts[0].function_call == call["functionCall"]


@pytest.mark.parametrize(
    "body",
    [
        {"contents": [USER], "maxOutputTokens": 5},
        {"contents": [USER], "generationConfig": {"max_tokens": 5}},
        {"contents": [{"role": "user", "parts": [{"txt": "x"}]}]},
    ],
)
def test_an_unknown_field_is_named(body: dict[str, Any]) -> None:
    error = refused(body)

    assert "Cannot find field." in error["message"]
    assert error["details"][0]["fieldViolations"]


@pytest.mark.parametrize(
    ("contents", "words"),
    [
        ([], "contents is not specified"),
        ([{"role": "user", "parts": []}], "parts must not be empty"),
        ([{"role": "assistant", "parts": [{"text": "x"}]}], "valid role: user, model"),
        ([{"role": "system", "parts": [{"text": "x"}]}, USER], "valid role: user, model"),
        ([USER, MODEL], "end with a user role"),
    ],
)
def test_contents_must_be_a_conversation_that_people_end(contents: list[Any], words: str) -> None:
    assert words in refused({"contents": contents})["message"]


def test_an_earlier_turn_may_be_the_models() -> None:
    assert (
        len(read_request(json.dumps({"contents": [USER, MODEL, USER]}).encode(), "generateContent").contents) == 3
    )


@pytest.mark.parametrize("body", [b"", b"{", {"contents": "x"}, {"contents": [{"parts": [{"text": 7}]}]}])
def test_what_is_no_request_is_refused(body: Any) -> None:
    assert "Invalid" in refused(body)["message"]


@pytest.mark.parametrize(
    "body", [{"contents": [USER]}, {"generateContentRequest": {"model": "m", "contents": [USER]}}]
)
def test_tokens_are_counted_of_contents_or_of_a_whole_request(body: dict[str, Any]) -> None:
    assert read_request(json.dumps(body).encode(), "countTokens").contents[0].text == "안녕"
