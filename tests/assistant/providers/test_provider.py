"""What every provider tells in the same words."""

import pytest

from assistant.providers.provider import COUNT_MAX, Answer, failure_of_status, token_count
from chatproject.errors import AssistantUnavailable, ChatError, ModelFailed


@pytest.mark.parametrize(
    ("status", "shown", "tries", "other_model", "is_outage"),
    [
        (400, ModelFailed, 1, False, False),
        (401, AssistantUnavailable, 1, False, False),
        (403, AssistantUnavailable, 1, False, False),
        (404, ModelFailed, 1, True, False),
        (408, ModelFailed, 3, True, True),
        (500, ModelFailed, 3, True, True),
        (502, ModelFailed, 3, True, True),
        (503, ModelFailed, 3, True, True),
        (504, ModelFailed, 3, True, True),
        (302, ModelFailed, 1, False, False),
        (418, ModelFailed, 1, False, False),
    ],
)
def test_a_status_says_whether_another_try_may_help(
    status: int, shown: type[ChatError], tries: int, other_model: bool, is_outage: bool
) -> None:
    failure = failure_of_status(status)

    assert type(failure.shown) is shown
    assert (failure.tries, failure.other_model, failure.is_outage) == (tries, other_model, is_outage)


@pytest.mark.parametrize(
    ("told", "kept"), [(None, None), (0, 0), (12, 12), (-1, None), (COUNT_MAX, COUNT_MAX), (COUNT_MAX + 1, None)]
)
def test_a_count_that_cannot_be_one_is_no_count(told: int | None, kept: int | None) -> None:
    assert token_count(told) == kept


def test_an_answers_repr_does_not_repeat_it() -> None:
    assert "secret" not in repr(Answer("secret", truncated=False, model_asked="m", model_served="m"))
