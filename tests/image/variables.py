"""Every variable of the compose file reaches the servers in the image: another value makes other settings."""

import base64
from pathlib import Path

from tests.image.composed import variables_of
from tests.image.stack import Stack

PROJECT = Path(__file__).resolve().parents[2]
SHOW = """
import django
from django.conf import settings
django.setup()  # lazy texts are shown by their translations
print({name: repr(getattr(settings, name)) for name in dir(settings) if name.isupper()})
"""
NUMBERS = ("0", "1", "7")  # of which one is another than the usual
VALUES = {
    "ALLOWED_HOSTS": "another.example",
    "DJANGO_SECRET_KEY": "another-0123456789abcdef-0123456789abcdef",
    "JWT_SECRET": "another-0123456789abcdef-0123456789abcdef",
    "JWT_SECRET_BASE64": base64.b64encode(b"another-0123456789abcdef-0123456789abcdef").decode(),
    "JWT_JWKS_URL": "https://main.example/keys",
    "JWT_ALGORITHM": "HS384",
    "JWT_AUDIENCE": "chat",
    "JWT_ISSUER": "community",
    "ROUTE_FRONT": "https://community.example",
    "DATABASE_READ_URL": "mysql://chat:a-password@replica:3306/chat",
    "EVENTS_ALLOWED_NETWORKS": "10.0.0.0/8",
    "REACTION_KEYS": "heart,party",
    "FILES_URL": "s3://key:secret@store.example:443/bucket",
    "FILES_ORIGIN": "https://files.example",
    "CLAMAV_URL": "tcp://scanner:3310",
    "LLM_KEY": "a-key-of-a-model",
    "GEMINI_MODEL": "another-model",
    "GEMINI_FALLBACK_MODEL": "another-model",
    "GEMINI_BASE_URL": "https://models.example",
    "ASSISTANT_NAME": "새싹",
    "ASSISTANT_PROVIDER": "openai",
    "ASSISTANT_WHOSE": "새싹 주식회사",
    "OPENAI_BASE_URL": "https://models.example",
    "OPENAI_MODEL": "another-model",
    "OPENAI_FALLBACK_MODEL": "another-model",
    "VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(bytes([1] * 32)).decode(),
    "VAPID_SUBJECT": "mailto:another@example.com",
    "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318",
    "OTEL_EXPORTER_OTLP_HEADERS": "x-tenant=another",
    "OTEL_TRACES_SAMPLER": "parentbased_traceidratio",
    "OTEL_TRACES_SAMPLER_ARG": "0.01",
    "OTEL_SERVICE_NAME": "another",
}
OPENAI = {"OPENAI_BASE_URL": "http://model:11434/v1", "OPENAI_MODEL": "a-model"}
TRACES = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318", "OTEL_TRACES_SAMPLER_ARG": "0.5"}
RATIO = {"OTEL_TRACES_SAMPLER": "traceidratio"}
PUSH = {"VAPID_PRIVATE_KEY": base64.urlsafe_b64encode(bytes([2] * 32)).decode(), "VAPID_SUBJECT": "mailto:a@b.kr"}
# what has to stand beside a variable
BESIDE = {
    "JWT_SECRET_BASE64": {"JWT_SECRET": ""},
    "JWT_JWKS_URL": {"JWT_SECRET": ""},
    "JWT_JWKS_STALE_S": {"JWT_SECRET": "", "JWT_JWKS_URL": "https://main.example/keys"},
    "JWT_ALGORITHM": {"JWT_SECRET": "another-0123456789abcdef-0123456789abcdef-0123456789abcdef"},
    "ASSISTANT_PROVIDER": OPENAI,
    **dict.fromkeys((*OPENAI, "OPENAI_FALLBACK_MODEL"), OPENAI | {"ASSISTANT_PROVIDER": "openai"}),
    **dict.fromkeys(PUSH, PUSH),
    **dict.fromkeys(("OTEL_EXPORTER_OTLP_HEADERS", "OTEL_SERVICE_NAME", "TRUST_TRACEPARENT"), TRACES),
    "OTEL_TRACES_SAMPLER": TRACES,
    "OTEL_TRACES_SAMPLER_ARG": TRACES | RATIO,
}


def look_at_every_variable(stack: Stack) -> None:
    """Raises AssertionError for those that change nothing, and for values that are refused."""
    names = variables_of(PROJECT / "docker-compose.yml", "chat-1")
    usual = _settings(stack)
    assert usual, "the settings cannot be read"
    lost = [name for name in names if not _has_effect(stack, name, usual)]
    assert lost == [], f"change nothing: {lost}"
    print(f"each of {len(names)} variables of the compose file reaches the servers")


def _has_effect(stack: Stack, name: str, usual: str) -> bool:
    beside = BESIDE.get(name, {})
    before = _settings(stack, **beside) if beside else usual
    values = (VALUES[name],) if name in VALUES else NUMBERS
    after = [shown for value in values if (shown := _settings(stack, **{**beside, name: value}))]
    return any(shown != before for shown in after)


def _settings(stack: Stack, **given: str) -> str:
    """Every setting with its value; "" where what is given is refused."""
    environment = {"DJANGO_SETTINGS_MODULE": "chatproject.settings", **given}
    return stack.run("chat-1", ["python", "-c", SHOW], **environment).stdout
