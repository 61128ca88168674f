"""Members see what a page says of itself that one of them links to, where that is wanted, and not everywhere."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings

from chatproject.asgi import Process
from chatproject.limits.buckets import KeyedBuckets
from messaging.file_models import File
from messaging.files.examining.running import reencode_picture
from messaging.files.storage.folder import Folder
from messaging.files.storage.store import FileStore
from messaging.previews import link_previews as module
from messaging.previews.link_previews import MEMBER_BURST, LinkPreviews, link_previews
from messaging.server import ChatServer
from messaging.store.drafts import Draft
from messaging.wire.client_frames import Delete, Edit, React
from rooms.models import Member, Room
from tests.factories import ALICE, make_private_room
from tests.messaging.moderation.rules import make_rule
from tests.messaging.people import Person, connect, eventually, in_thread, soon
from tests.messaging.previews.web import Web, drawn, says, serving
from tests.messaging.site import Site

pytestmark = pytest.mark.django_db(transaction=True)

PAGE = (
    "<meta property=og:title content='고민을 듣는 법'><meta property=og:description content=함께><title>창</title>"
)


@pytest.fixture
async def web() -> AsyncIterator[Web]:
    async with serving() as web:
        web.pages["/a"] = says(PAGE)
        web.pages["/b"] = says("<title>다른 곳</title>")
        yield web


@pytest.fixture
async def previews(server: ChatServer, web: Web, tmp_path: Path) -> AsyncIterator[LinkPreviews]:
    previews = server.previews = link_previews(
        database=server.database,
        save=server.writer.save,
        screens=server.screens,
        registry=server.metrics.registry,
        remake=reencode_picture,
        store=FileStore(Folder(tmp_path / "files")),
        fetcher=web.fetcher(),
    )
    previews.start()
    yield previews
    await soon(previews.stop())


def workers() -> list[asyncio.Task[Any]]:
    return [task for task in asyncio.all_tasks() if task.get_name() == "link-previews"]


def outcomes(server: ChatServer) -> dict[str, float]:
    [metric] = (one for one in server.metrics.registry.collect() if one.name == "chat_link_previews")
    return {sample.labels["outcome"]: sample.value for sample in metric.samples if sample.name.endswith("_total")}


async def preview(person: Person, seq: int = 1) -> dict[str, Any]:
    """Of the message, once it is told."""
    frames = await person.sink.until(
        lambda: [frame for frame in person.sink.of_type("changed") if frame["seq"] == seq and "preview" in frame]
    )
    shown: dict[str, Any] = frames[-1]["preview"]
    return shown


async def test_everyone_is_shown_the_page_with_its_picture_a_moment_later(
    server: ChatServer, room: Room, web: Web, previews: LinkPreviews, alice_listens: Person, bob_listens: Person
) -> None:
    web.pages["/a"] = says(PAGE + "<meta property=og:image content=/a.png>")
    web.pages["/a.png"] = says(drawn(800, 400), kind="image/png")

    await alice_listens.say(room.pk, f"이거 봐요 {web.url('/a')}에서 봤어요")

    shown = await preview(bob_listens)
    file = await in_thread(File.objects.get)
    assert shown == {
        "url": str(web.url("/a")),
        "title": "고민을 듣는 법",
        "description": "함께",
        "site": "site.example",
        "fileId": file.pk,
        "width": 640,
        "height": 320,
    }
    assert (file.room_id, file.seq) == (room.pk, 1)
    assert (
        "editedAt" not in bob_listens.sink.of_type("changed")[0]
        or not bob_listens.sink.of_type("changed")[0]["editedAt"]
    )
    assert outcomes(server) == {"shown": 1}


async def test_an_edit_is_looked_at_anew_and_takes_what_it_no_longer_links_to_away(
    server: ChatServer, room: Room, web: Web, previews: LinkPreviews, alice_listens: Person
) -> None:
    await alice_listens.say(room.pk, f"{web.url('/a')}")
    await preview(alice_listens)

    edited = await soon(
        server.act(alice_listens.session, Edit(room_id=room.pk, seq=1, message=f"{web.url('/b')}"))
    )

    assert edited.message.preview is None
    await alice_listens.sink.until(
        lambda: alice_listens.sink.of_type("changed")[-1].get("preview", {}).get("title") == "다른 곳"
    )
    await soon(server.act(alice_listens.session, Edit(room_id=room.pk, seq=1, message=f"그냥 {web.url('/b')}")))
    await soon(server.act(alice_listens.session, React(room_id=room.pk, seq=1, key="heart")))
    await soon(previews.settled())
    assert web.paths == ["/a", "/b"]


async def test_nothing_is_looked_at_in_rooms_for_counselling_and_of_two(
    server: ChatServer, room: Room, web: Web, previews: LinkPreviews, alice: Member, bob: Member
) -> None:
    private = await in_thread(make_private_room, alice, bob)
    await in_thread(Room.objects.filter(pk=room.pk).update, is_counselling=True)
    person = await connect(server, ALICE)

    for place in (room, private):
        await person.say(place.pk, f"{web.url('/a')}")
    await soon(previews.settled())

    assert not web.asked
    assert outcomes(server) == {"room": 2}


async def test_only_what_members_say_with_an_address_is_looked_at(
    server: ChatServer, room: Room, web: Web, previews: LinkPreviews, alice_listens: Person
) -> None:
    await server.say(Draft(room.pk, None, f"{web.url('/a')}", "0" * 32, kind="notice"))
    for text in ("고민이 있어요", f"`{web.url('/a')}`", "http를 배워요"):
        await alice_listens.say(room.pk, text)
    await alice_listens.say(room.pk, f"{web.url('/b')}", client_id="0190a3c4-7b1e-7cc2-9f00-0123456789ab")
    await alice_listens.say(room.pk, f"{web.url('/b')}", client_id="0190a3c4-7b1e-7cc2-9f00-0123456789ab")
    await soon(previews.settled())

    assert web.paths == ["/b"]
    assert outcomes(server) == {"shown": 1}


async def test_what_the_filter_stands_against_is_not_shown(
    server: ChatServer, room: Room, web: Web, previews: LinkPreviews, alice_listens: Person
) -> None:
    known = server.screens._screen.filters
    for number, (pattern, action) in enumerate((("도박", "block"), ("대출", "hold"), ("광고", "flag"))):
        await in_thread(make_rule, pattern, action)
        web.pages[f"/{number}"] = says(f"<title>제목</title><meta name=description content='온라인 {pattern}'>")
    server.screens.tell_changed()
    await eventually(lambda: server.screens._screen.filters is not known)

    for number in range(3):
        await alice_listens.say(room.pk, f"{web.url(f'/{number}')}")
    assert (await preview(alice_listens, seq=3))["description"] == "온라인 광고"
    await soon(previews.settled())

    assert outcomes(server) == {"filtered": 2, "shown": 1}


async def test_a_message_that_went_meanwhile_shows_nothing(
    server: ChatServer, room: Room, web: Web, previews: LinkPreviews, alice_listens: Person
) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await go_on.wait()
        await says(PAGE)(writer)

    web.pages["/slow"] = slowly
    await alice_listens.say(room.pk, f"{web.url('/slow')}")
    await soon(asked.wait())
    await soon(server.act(alice_listens.session, Delete(room_id=room.pk, seq=1)))
    go_on.set()
    await soon(previews.settled())

    assert outcomes(server) == {"gone": 1}


async def test_who_posts_links_in_a_row_is_looked_after_so_many_only(
    server: ChatServer,
    room: Room,
    web: Web,
    previews: LinkPreviews,
    alice_listens: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(int(MEMBER_BURST) + 2):
        await alice_listens.say(room.pk, f"{web.url('/a')}")
    await soon(previews.settled())

    assert outcomes(server) == {"shown": MEMBER_BURST, "dropped": 2}


async def test_beyond_a_hundred_that_wait_messages_go_without(
    server: ChatServer, room: Room, web: Web, previews: LinkPreviews, alice_listens: Person
) -> None:
    await previews.stop()  # nobody works
    previews._members = KeyedBuckets(rate=0, burst=0)
    for _ in range(module.WAITING_MOST + 3):
        await alice_listens.say(room.pk, f"{web.url('/a')}")

    assert outcomes(server) == {"dropped": 3}


async def test_a_process_looks_at_links_where_the_operator_wants_it(
    start_process: Callable[..., Process], alice: Member
) -> None:
    process = start_process(FILES=replace(django_settings.FILES, link_previews=True))
    async with AsyncExitStack() as clients:
        site = Site(process, clients)
        await site.start()
        await site.come(ALICE)
        assert process.chat_server.previews is not None
        assert len(workers()) == module.AT_ONCE
        await site.stop()
    await process.chat_server.previews.stop()
    assert not workers()


async def test_where_nothing_is_set_nothing_is_looked_at(
    server: ChatServer, room: Room, web: Web, alice_listens: Person
) -> None:
    assert not django_settings.FILES.link_previews
    assert server.previews is None

    await alice_listens.say(room.pk, f"{web.url('/a')}")

    assert not workers()
    assert not web.asked
