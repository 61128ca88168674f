"""A member finds what is said in their rooms now, and nothing else."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest

from chatproject.errors import NotInRoom, RoomNotFound
from messaging.models import Message
from messaging.search import finder
from messaging.search.engine import Found, Place, Query
from messaging.search.index import index_older
from messaging.search.text import words_of
from messaging.search_models import SearchProgress
from messaging.store.acts import EditAct
from messaging.store.finding import FoundMessages, Wanted, find_messages
from messaging.store.services import Draft, store_batch, store_messages
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


def say(room: Room, *texts: str, sender_id: int = ALICE) -> None:
    store_messages([Draft(room.pk, sender_id, text, uuid4().hex) for text in texts], now=NOW)


def search(written: str, *, member_id: int = BOB, room: Room | None = None) -> FoundMessages:
    return find_messages(Wanted(words=words_of(written), room_id=room.pk if room else None), member_id=member_id)


def texts(found: FoundMessages) -> list[tuple[str, str]]:
    return [(message["roomName"], message["message"]) for message in found.messages]


@pytest.fixture
def rooms(alice: Member, bob: Member, charlie: Member) -> dict[str, Room]:
    rooms = {
        "garden": make_group_room("Garden", alice, bob),
        "private": make_private_room(alice, bob),
        "hers": make_group_room("Hers", alice),
        "others": make_private_room(alice, charlie),
    }
    for room in rooms.values():
        say(room, "고민이 있어요", "점심")
    return rooms


def test_bob_finds_what_is_said_in_all_his_rooms_with_their_names(rooms: dict[str, Room]) -> None:
    found = search("고민")
    assert texts(found) == [("Alice-Bob", "고민이 있어요"), ("Garden", "고민이 있어요")]
    assert found.messages[1]["seq"] == 1
    assert found.next is None


def test_or_in_one_of_them(rooms: dict[str, Room]) -> None:
    assert texts(search("고민", room=rooms["private"])) == [("Alice-Bob", "고민이 있어요")]
    with pytest.raises(NotInRoom):
        search("고민", room=rooms["hers"])
    with pytest.raises(RoomNotFound):
        search("고민", room=rooms["others"])


def test_who_is_in_no_room_finds_nothing(rooms: dict[str, Room]) -> None:
    assert search("고민", member_id=CHARLIE).messages != []
    Participant.objects.filter(member_id=CHARLIE).delete()
    assert search("고민", member_id=CHARLIE) == FoundMessages()


def test_a_deleted_message_is_not_found(rooms: dict[str, Room]) -> None:
    Message.objects.filter(room=rooms["garden"]).update(deleted_at=NOW)
    assert texts(search("고민")) == [("Alice-Bob", "고민이 있어요")]


def test_an_edited_message_is_found_by_what_it_says_now(
    rooms: dict[str, Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finder, "FEW_MESSAGES", 0)
    SearchProgress.objects.create(first=10**6, end=10**6)
    while index_older() is not None:
        pass
    assert texts(search("배포")) == []

    act = EditAct(room_id=rooms["garden"].pk, seq=1, member_id=ALICE, contents="배포가 끝났어요")
    store_batch([act], now=NOW)

    assert texts(search("배포")) == [("Garden", "배포가 끝났어요")]
    assert texts(search("고민")) == [("Alice-Bob", "고민이 있어요")]


class OtherEngine:
    """An engine that is somewhere else, and a moment behind."""

    def find(self, query: Query, *, before: Place | None, limit: int) -> Found:
        self.asked = query, before, limit
        return Found(list(Message.objects.order_by("-pk").values_list("pk", flat=True)), Place(7))


def test_another_engine_can_stand_in_the_place_of_ours(rooms: dict[str, Room]) -> None:
    garden = rooms["garden"]
    Message.objects.exclude(room=garden).delete()
    Message.objects.filter(room=garden, seq=1).update(deleted_at=NOW)
    engine = OtherEngine()
    wanted = Wanted(words=words_of("점심"), room_id=garden.pk, before=Place(99), limit=3)
    found = find_messages(wanted, member_id=BOB, engine=engine)
    assert (texts(found), found.next) == ([("Garden", "점심")], "7")
    assert engine.asked == (Query(wanted.words, [garden.pk]), Place(99), 3)
