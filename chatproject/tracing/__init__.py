"""Traces: where the time of a message, a request, a model's call goes. Spans of what is sampled, no text, no name.

Decided in here: what a span is to the rest of the code, and how it leaves the process. What is worth one, each
part decides itself. Only `open_telemetry` and `exporting` import the OpenTelemetry library, where traces are on.
"""
