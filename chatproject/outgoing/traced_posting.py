"""The span of an event's request that is sampled, which the receiver is told of: its own may go on from there."""

from chatproject.outgoing.answers import Answer
from chatproject.outgoing.composing import Row
from chatproject.outgoing.posting import Headers, Lane, Receiver
from chatproject.tracing.tracer import Tracer, Value


async def post_event(
    row: Row, lane: Lane, receiver: Receiver, headers: Headers, body: bytes, *, tracer: Tracer
) -> Answer:
    """As Lane.post. Of a request that is not sampled the receiver may decide for itself, so it is told nothing."""
    values: dict[str, Value] = {
        "http.request.method": "POST",
        "chat.event": row.kind,
        "chat.tries": row.attempts + 1,
    }
    span = tracer.begin("POST event", kind="client", values=values)
    if span is None:
        return await lane.post(receiver, headers, body)
    try:
        traceparent = tracer.traceparent(span.place).encode()
        answer = await lane.post(receiver, [*headers, (b"traceparent", traceparent)], body)
        if answer.status is not None:
            span.say({"http.response.status_code": answer.status})
        if not answer.is_success:
            span.fail(answer.reason)
        return answer
    finally:
        span.end()
