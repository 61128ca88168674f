"""The language model that the settings choose. The only place that knows which providers there are."""

from django.conf import settings

from assistant.providers.gemini import Gemini
from assistant.providers.language_model import LanguageModel
from assistant.providers.model_spans import ModelSpans
from assistant.providers.openai import OpenAI
from chatproject.tracing.tracer import NOT_TRACED, Tracer


def chosen_model_name() -> str:
    """Which model answers, while it does."""
    return str(settings.OPENAI_MODEL if settings.ASSISTANT_PROVIDER == "openai" else settings.GEMINI_MODEL)


def has_model() -> bool:
    """Whether the settings name somebody to be asked; an endpoint of one's own needs no key."""
    return settings.ASSISTANT_PROVIDER == "openai" or bool(settings.LLM_KEY)


def chosen_language_model(tracer: Tracer = NOT_TRACED) -> LanguageModel:
    """A new one. Each process needs one; close it at the end."""
    if settings.ASSISTANT_PROVIDER == "openai":
        return LanguageModel(
            OpenAI(key=settings.LLM_KEY, base_url=settings.OPENAI_BASE_URL),
            spans=ModelSpans(tracer, provider="openai"),
            model=settings.OPENAI_MODEL,
            fallback_model=settings.OPENAI_FALLBACK_MODEL,
        )
    return LanguageModel(
        Gemini(key=settings.LLM_KEY, base_url=settings.GEMINI_BASE_URL),
        spans=ModelSpans(tracer, provider="gcp.gemini"),
        model=settings.GEMINI_MODEL,
        fallback_model=settings.GEMINI_FALLBACK_MODEL,
    )
