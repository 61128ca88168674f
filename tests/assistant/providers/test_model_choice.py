"""The settings say who is asked."""

from typing import Any

import pytest

from assistant.prompting.prompts import Prompt
from assistant.providers.model_choice import chosen_language_model
from assistant.standin.server import StandIn
from chatproject.errors import AssistantUnavailable
from tests.assistant.conftest import TIMEOUT_S

PROMPT = Prompt(rules="be kind", transcript=">[Alice]: 안녕", speaker="(도우미):")


async def test_without_a_key_gemini_is_not_asked(settings: Any) -> None:
    settings.LLM_KEY = ""
    with pytest.raises(AssistantUnavailable):
        chosen_language_model().require_ready()

    settings.LLM_KEY = "k"
    chosen_language_model().require_ready()


@pytest.mark.parametrize("provider", ["gemini", "openai"])
async def test_the_provider_that_the_settings_name_is_asked(
    settings: Any, gemini_url: str, standin: StandIn, provider: str
) -> None:
    settings.ASSISTANT_PROVIDER, settings.LLM_KEY = provider, "k"
    settings.GEMINI_BASE_URL, settings.GEMINI_MODEL = gemini_url, "standin-503"
    settings.GEMINI_FALLBACK_MODEL = "gemini-the-second"
    settings.OPENAI_BASE_URL, settings.OPENAI_MODEL = f"{gemini_url}/v1", "standin-503"
    settings.OPENAI_FALLBACK_MODEL = "llama-the-second"
    model = chosen_language_model()
    try:
        answer = await model.generate(PROMPT, deadline_s=TIMEOUT_S)
    finally:
        await model.close()

    assert answer.model_asked == {"gemini": "gemini-the-second", "openai": "llama-the-second"}[provider]
    assert {call.method for call in standin.received} == {
        {"gemini": "generateContent", "openai": "chat.completions"}[provider]
    }
