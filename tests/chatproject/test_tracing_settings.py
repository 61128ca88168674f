"""OpenTelemetry's variables, as its specification has them."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from chatproject.tracing_settings import NO_TRACES, TracingSettings, read_tracing

ENDPOINT = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318"}


def read(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> TracingSettings:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_tracing()


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"OTEL_EXPORTER_OTLP_ENDPOINT": ""},
        {"OTEL_TRACES_SAMPLER": "always_on"},
        ENDPOINT | {"OTEL_SDK_DISABLED": "true"},
        ENDPOINT | {"OTEL_TRACES_EXPORTER": "none"},
    ],
)
def test_without_an_endpoint_or_where_it_is_said_so_there_are_none(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]
) -> None:
    assert read(monkeypatch, environment) == NO_TRACES


@pytest.mark.parametrize(
    ("environment", "ratio", "heeds_parents"),
    [
        ({}, 1.0, True),
        ({"OTEL_TRACES_SAMPLER": "parentbased_traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0.01"}, 0.01, True),
        ({"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "0"}, 0.0, False),
        ({"OTEL_TRACES_SAMPLER": "traceidratio"}, 1.0, False),
        ({"OTEL_TRACES_SAMPLER": "always_off", "OTEL_TRACES_SAMPLER_ARG": "nonsense"}, 0.0, False),
        ({"OTEL_TRACES_SAMPLER": "parentbased_always_off"}, 0.0, True),
    ],
)
def test_the_samplers_are_those_of_the_specification(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], ratio: float, heeds_parents: bool
) -> None:
    found = read(monkeypatch, ENDPOINT | environment)
    assert (found.is_on, found.ratio, found.heeds_parents) == (True, ratio, heeds_parents)


def test_the_endpoint_of_traces_alone_is_enough_and_a_name_of_ones_own_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    found = read(monkeypatch, {"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "https://c/t", "OTEL_SERVICE_NAME": "talk"})
    assert found.is_on
    assert found.is_named


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf"),
        ({"OTEL_TRACES_SAMPLER": "jaeger_remote"}, "OTEL_TRACES_SAMPLER to"),
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER to"),
        (
            {"OTEL_TRACES_SAMPLER": "traceidratio", "OTEL_TRACES_SAMPLER_ARG": "1%"},
            "OTEL_TRACES_SAMPLER_ARG to a number",
        ),
        ({"OTEL_EXPORTER_OTLP_ENDPOINT": "collector:4317"}, "OTEL_EXPORTER_OTLP_ENDPOINT to a URL"),
    ],
)
def test_what_is_not_understood_ends_the_start_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], words: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        read(monkeypatch, ENDPOINT | environment)
