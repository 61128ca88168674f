"""What the environment says of traces, as one value: `settings.TRACING`. The names are OpenTelemetry's own.

Where they go (endpoint, headers, time-out, certificates), the library reads itself.
"""

from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from chatproject.environment import read_choice, read_flag, read_text, read_url

SERVICE_NAME = "community-chat"
PARENT_BASED = "parentbased_"


@dataclass(frozen=True, slots=True, kw_only=True)
class TracingSettings:
    """`ratio` of what begins here is sampled; where it `heeds_parents`, all that was sampled where it began."""

    is_on: bool
    ratio: float = 1.0
    heeds_parents: bool = True
    is_named: bool = False  # by the environment, which the library reads
    service_name: str = SERVICE_NAME
    sends_headers: bool = False  # the library reads which: they may be secret
    trusts_everybody: bool = False  # whose `traceparent` is heeded: everybody's, or main servers' alone


NO_TRACES = TracingSettings(is_on=False)


def read_tracing() -> TracingSettings:
    """As OpenTelemetry has it. What the README does not tell of, few set: the handbook names the specification."""
    endpoints = read_url("OTEL_EXPORTER_OTLP_ENDPOINT"), read_url("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
    is_off = read_choice("OTEL_TRACES_EXPORTER", "otlp", "none") == "none" or read_flag("OTEL_SDK_DISABLED")
    if is_off or not any(endpoints):
        return NO_TRACES
    for name in ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL"):
        read_choice(name, "http/protobuf")  # the only one whose library is here
    sampler = read_choice("OTEL_TRACES_SAMPLER", "parentbased_always_on", *_SAMPLERS)
    headers = read_text("OTEL_EXPORTER_OTLP_HEADERS")
    if headers and "=" not in headers:
        raise ImproperlyConfigured("Set OTEL_EXPORTER_OTLP_HEADERS to name=value, several with commas between.")
    names = read_text("OTEL_SERVICE_NAME"), read_text("OTEL_RESOURCE_ATTRIBUTES")
    return TracingSettings(
        is_on=True,
        ratio=_ratio(sampler.removeprefix(PARENT_BASED)),
        heeds_parents=sampler.startswith(PARENT_BASED),
        is_named=bool(names[0]) or "service.name=" in names[1],
        sends_headers=bool(headers),
        trusts_everybody=read_flag("TRUST_TRACEPARENT"),
    )


_SAMPLERS = ("parentbased_always_off", "parentbased_traceidratio", "always_on", "always_off", "traceidratio")


def _ratio(sampler: str) -> float:
    match sampler:
        case "always_on":
            return 1.0
        case "always_off":
            return 0.0
    try:
        ratio = float(read_text("OTEL_TRACES_SAMPLER_ARG", default="1"))
    except ValueError:
        ratio = -1.0
    if not 0 <= ratio <= 1:
        raise ImproperlyConfigured("Set OTEL_TRACES_SAMPLER_ARG to a number from 0 to 1, such as 0.01.")
    return ratio
