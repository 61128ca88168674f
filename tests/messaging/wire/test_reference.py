"""The protocol as machines and people read it on a running server."""

from typing import get_args

from django.test import Client

from messaging.wire import client_frames, protocol
from messaging.wire.asyncapi import document


def test_machines_get_the_document(client: Client) -> None:
    answer = client.get("/v2/asyncapi.json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == document()


def test_people_get_a_page_with_every_frame_and_every_code(client: Client) -> None:
    page = client.get("/v2/docs").content.decode()
    frames = [*get_args(client_frames.AnyClientFrame), *protocol.ServerFrame.__subclasses__()]
    for frame in frames:
        assert f'<section id="{frame.__name__}">' in page
    assert page.count("<section") == len(frames) + 2  # a message has no struct of its own, but two frames
    for code in (*map(str, map(int, protocol.CloseCode)), "E-C001", "E-A004"):
        assert f">{code}<" in page
    assert "Answered by <code>subscribed</code>, <code>error</code>." in page
    assert "<script" not in page


def test_the_page_says_what_a_key_takes(client: Client) -> None:
    page = client.get("/v2/docs").content.decode()
    assert "<td>string to 4,000 characters</td><td>yes</td>" in page
    assert "<code>since</code></th><td>integer from 0 or null</td><td>no</td>" in page


def test_nobody_writes_to_them(client: Client) -> None:
    assert client.post("/v2/docs").status_code == 405
    assert client.delete("/v2/asyncapi.json").status_code == 405
