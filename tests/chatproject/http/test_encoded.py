"""An answer made of pieces that are JSON already looks like any other."""

import json

import pytest
from django.utils import translation

from chatproject.http.api import success
from chatproject.http.encoded import encoded_list


@pytest.mark.parametrize("items", [[], [{"text": "안녕하세요, [여러분]"}], [1, "둘", None, [], {}]], ids=repr)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_it_is_the_envelope_around_the_items(items: list[object], language: str) -> None:
    with translation.override(language):
        answer = encoded_list([json.dumps(item).encode() for item in items])
        assert json.loads(answer.content) == success(items)
    assert (answer.status_code, answer["content-type"]) == (200, "application/json; charset=utf-8")
