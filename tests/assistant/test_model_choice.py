"""The settings say who is asked."""

from typing import Any

import pytest

from assistant.model_choice import chosen_language_model
from chatproject.errors import AssistantUnavailable


def test_without_a_key_there_is_nobody_to_ask(settings: Any) -> None:
    settings.LLM_KEY = ""
    with pytest.raises(AssistantUnavailable):
        chosen_language_model().require_ready()

    settings.LLM_KEY = "k"
    chosen_language_model().require_ready()
