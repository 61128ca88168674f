"""Whether the models that the settings name are there: they are asked for by name, and nothing is said to them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
from django.db import DatabaseError

from assistant.models import AssistantRun
from assistant.providers.upstream import sendable_key
from chatproject.doctor.findings import Finding, broken, note, ok, warning

ASK_WITHIN_S = 5.0
LATELY = timedelta(hours=1)
RUNS_FEW = 5  # of so few it says nothing how many failed


def look_at_model(settings: Any, *, now: datetime) -> Iterator[Finding]:
    is_openai = settings.ASSISTANT_PROVIDER == "openai"
    if not settings.LLM_KEY and not is_openai:
        yield note("LLM_KEY is not set: there is no assistant")
        return
    if is_openai:
        models = [settings.OPENAI_MODEL, settings.OPENAI_FALLBACK_MODEL]
        base, headers = f"{settings.OPENAI_BASE_URL}/models", {"authorization": f"Bearer {settings.LLM_KEY}"}
    else:
        models = [settings.GEMINI_MODEL, settings.GEMINI_FALLBACK_MODEL]
        base, headers = f"{settings.GEMINI_BASE_URL}/v1beta/models", {"x-goog-api-key": settings.LLM_KEY}
    if not sendable_key(settings.LLM_KEY):
        headers = {}
    with httpx.Client(headers=headers, timeout=ASK_WITHIN_S, trust_env=False) as http:
        for model in dict.fromkeys(filter(None, models)):
            yield from _look_at(http, base, model.removeprefix("models/"))
    yield from _lately(now)


def _look_at(http: httpx.Client, base: str, model: str) -> Iterator[Finding]:
    try:
        status = http.get(f"{base}/{quote(model, safe='')}").status_code
    except httpx.HTTPError as error:  # it holds the request, and so the key
        yield broken(
            f"the provider of {model} cannot be reached: {type(error).__name__}",
            "see that this machine may reach it by https; members are told meanwhile that the assistant is away",
        )
        return
    match status:
        case 200:
            yield ok(f"{model} is there")
        case 400 | 401 | 403:
            yield broken(
                f"the provider refuses the key ({status})", "set LLM_KEY to a key that may ask this model"
            )
        case 404 | 405 | 501:
            yield warning(
                f"the provider knows no {model}, or does not say which models it has ({status})",
                "compare the name with the provider's list; `manage.py ask --room 1 --as-member 1 …` asks it",
            )
        case 429:
            yield warning(f"the provider's quota is used up, or too much is asked of it ({status})", "raise it")
        case _:
            yield broken(f"the provider answers {status} for {model}", "look at its page of incidents")


def _lately(now: datetime) -> Iterator[Finding]:
    """What the breakers of the servers know is theirs; how answers went is kept."""
    ended = AssistantRun.objects.filter(created_at__gt=now - LATELY).exclude(finished_at=None)
    try:
        states = list(ended.order_by("-created_at").values_list("state", "error_code")[:200])
    except DatabaseError:  # which the database's own checks tell
        return
    failed = [code for state, code in states if state == AssistantRun.State.FAILED]
    if len(states) >= RUNS_FEW and 2 * len(failed) > len(states):
        most = max(set(failed), key=failed.count)
        yield warning(
            f"{len(failed)} of the last {len(states)} answers failed, most with {most or 'no code'}",
            "see docs/models.md for the code; chat_assistant_… in /metrics says more",
        )
