"""Traces of real servers, as a real collector is told them."""

from collections.abc import Iterator

import httpx
import pytest

from tests.collector import Collector, Span, running_collector
from tests.e2e.conftest import Meet, Pair
from tests.e2e.processes import WAIT_S, Process, manage, running, serve
from tests.e2e.secrecy import keep_secret
from tests.factories import ALICE, BOB

pytestmark = pytest.mark.e2e

SECRET_WORDS = "아무도 보면 안 되는 말"
THEIRS = "4bf92f3577b34da6a3ce929d0e0e4736"  # the main server's trace
MAY_BE_SAID = {
    *(f"chat.{name}" for name in ("frame", "room_id", "seq", "version", "sockets", "inboxes", "told")),
    *(f"chat.batch.{name}" for name in ("entries", "sampled")),
    *(f"http.{name}" for name in ("request.method", "route", "response.status_code")),
    *(f"gen_ai.{name}" for name in ("operation.name", "provider.name", "request.model", "response.model")),
    *(f"gen_ai.{name}" for name in ("usage.input_tokens", "usage.output_tokens", "response.finish_reasons")),
    "error.type",
}
SOON = {"OTEL_BSP_SCHEDULE_DELAY": "100"}  # ms; five seconds by itself


@pytest.fixture(scope="module")
def collector() -> Iterator[Collector]:
    with running_collector() as collector:
        yield collector


@pytest.fixture(scope="module")
def servers(pair: Pair, collector: Collector) -> Iterator[tuple[Process, Process]]:
    """Two more beside the pair, which share its database and Redis; what they do is sampled."""
    env = {**pair.env, **SOON, "OTEL_EXPORTER_OTLP_ENDPOINT": collector.address}
    first, second = serve(pair.directory, env), serve(pair.directory, env)
    with running(first, second):
        yield first, second


def spans_of(collector: Collector, trace_id: str, *, names: set[str]) -> list[Span]:
    """The spans of that trace, once all these names are among them."""

    def whole(spans: list[Span]) -> list[Span]:
        found = [span for span in spans if span.trace_id == trace_id]
        return found if names <= {span.name for span in found} else []

    found: list[Span] = collector.wait_for(whole)
    return found


def root_of(collector: Collector, name: str, room_id: int) -> Span:
    def of_room(spans: list[Span]) -> list[Span]:
        return [span for span in spans if span.name == name and span.values.get("chat.room_id") == room_id]

    (root,) = collector.wait_for(of_room)
    assert isinstance(root, Span)
    return root


async def test_a_message_is_one_trace_from_its_frame_to_the_last_socket_of_either_server(
    servers: tuple[Process, Process], collector: Collector, meet: Meet, room: int
) -> None:
    alice, bob = meet(servers[0], ALICE, "Alice"), meet(servers[1], BOB, "Bob")
    speaking, listening = await alice.listen(room), await bob.listen(room)
    ack = await speaking.say(room, SECRET_WORDS)
    await listening.hear("chat", message=SECRET_WORDS)

    root = root_of(collector, "frame chat", room)
    names = {"frame chat", "wait for the batch", "commit", "deliver", "relay publish", "relay receive"}
    spans = spans_of(collector, root.trace_id, names=names)
    by_name = {span.name: span for span in spans if span.name != "deliver"}
    assert names == {span.name for span in spans}
    assert root.parent_id == ""
    for name in ("wait for the batch", "commit", "relay publish"):
        assert by_name[name].parent_id == root.span_id
    assert by_name["relay receive"].parent_id == by_name["relay publish"].span_id
    here, there = sorted(
        (span for span in spans if span.name == "deliver"), key=lambda span: span.process != root.process
    )
    assert (here.parent_id, there.parent_id) == (root.span_id, by_name["relay receive"].span_id)
    assert here.process == root.process != there.process == by_name["relay receive"].process
    assert [span.values["chat.sockets"] for span in (here, there)] == [1, 1]
    assert {span.values["chat.version"] for span in (here, there)} == {ack["version"]}
    assert by_name["commit"].values == {
        "chat.room_id": room,
        "chat.batch.entries": 1,
        "chat.seq": ack["seq"],
        "chat.version": ack["version"],
    }
    order = ("frame chat", "wait for the batch", "commit", "relay publish", "relay receive")
    begins = [by_name[name].began_ns for name in order]
    assert begins == sorted(begins)
    assert by_name["wait for the batch"].ended_ns == by_name["commit"].began_ns
    assert not any(span.is_failed for span in spans)
    assert {span.service for span in spans} == {"community-chat"}


async def test_what_the_main_server_began_goes_on_in_its_trace_and_a_strangers_word_begins_none(
    servers: tuple[Process, Process], collector: Collector, meet: Meet, room: int
) -> None:
    first, second = servers
    listening = await meet(second, BOB, "Bob").listen(room)
    key = manage(first.env, "make_server_key", "traced", "--scope=notices").strip()
    keep_secret(key)
    headers = {"authorization": f"Bearer {key}", "traceparent": f"00-{THEIRS}-00f067aa0ba902b7-01"}
    async with httpx.AsyncClient(trust_env=False, timeout=WAIT_S, headers=headers) as main_server:
        said = await main_server.post(
            f"{first.address}/v1/server/rooms/{room}/notices", json={"message": SECRET_WORDS}
        )
        assert said.status_code == 200, said.text
        await listening.hear("chat", message=SECRET_WORDS)
        asked = await main_server.get(f"{first.address}/v1/chat/history/{room}")
        assert asked.status_code == 401

    route = "POST /v1/server/rooms/<str:room_id>/notices"
    spans = spans_of(collector, THEIRS, names={route, "relay receive", "deliver"})
    (request,) = [span for span in spans if span.parent_id == "00f067aa0ba902b7"]
    assert request.name == route
    assert request.values["http.response.status_code"] == 200
    assert {"wait for the batch", "commit"} <= {span.name for span in spans if span.parent_id == request.span_id}
    (refused,) = collector.wait_for(
        lambda spans: [span for span in spans if span.name == "GET /v1/chat/history/<str:room_id>"]
    )
    assert (refused.parent_id, refused.values["http.response.status_code"]) == ("", 401)
    assert refused.trace_id != THEIRS


async def test_an_answer_is_in_the_trace_of_its_question_with_the_models_call(
    servers: tuple[Process, Process], collector: Collector, meet: Meet, room: int
) -> None:
    alice = meet(servers[0], ALICE, "Alice")
    speaking = await alice.listen(room)
    await speaking.ask("ask", roomId=room, message=SECRET_WORDS)
    await speaking.find("assistant", state="done")

    root = root_of(collector, "frame ask", room)
    spans = spans_of(collector, root.trace_id, names={"answer"})
    (answer,) = [span for span in spans if span.name == "answer"]
    (model,) = [span for span in spans if span.name.startswith("chat ")]
    assert (answer.parent_id, model.parent_id) == (root.span_id, answer.span_id)
    assert model.values["gen_ai.provider.name"] == "gcp.gemini"
    assert model.values["gen_ai.usage.output_tokens"] > 0
    assert answer.span_id in {span.parent_id for span in spans if span.name == "commit"}
    assert [span.values["chat.seq"] for span in spans if span.name == "commit"] == [1, 2]


async def test_nothing_that_a_collector_is_told_says_who_said_what_and_with_which_key(
    servers: tuple[Process, Process], collector: Collector, meet: Meet, room: int
) -> None:
    """Nor of anything else that it was told until now."""
    alice = meet(servers[0], ALICE, "Alice")
    speaking = await alice.listen(room)
    await speaking.say(room, SECRET_WORDS)
    await alice.get(f"/history/{room}")
    root = root_of(collector, "frame chat", room)
    spans_of(collector, root.trace_id, names={"deliver", "commit"})

    told = b"".join(collector.requests)
    for secret in (SECRET_WORDS.encode(), b"Alice", b"Bob", b"chk_", b"eyJ", b"127.0.0.1", b"/history/1"):
        assert secret not in told
    assert {key for span in collector.spans for key in span.values} <= MAY_BE_SAID
