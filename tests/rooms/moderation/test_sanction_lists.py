"""What was done, as those may read it whom it met and who keeps the room; and nobody else."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chatproject.errors import ManagersOnly, NotGroupRoom, NotInRoom, RoomNotFound
from rooms.models import Member, Participant, Room
from rooms.moderation import audit, imposing, objections, ranks, sanction_lists
from rooms.moderation.sanctions import Kind
from rooms.moderation_models import Sanction
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room, make_private_room

NOON = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    """Alice has muted Bob for an hour; a mute by staff before it was lifted."""
    room = make_group_room("Garden", alice, bob)
    Participant.objects.filter(room=room, member=alice).update(role="owner")
    terms: dict[str, Any] = {"room_id": room.pk, "member_id": BOB, "now": NOON}
    imposing.mute(**terms, until=NOON + HOUR, reason="first", by=ranks.staff())
    imposing.lift(**terms, kind=Kind.MUTE, by=ranks.staff(), reason="a mistake")
    imposing.mute(**terms, until=NOON + HOUR, reason="flooding", by=caller(ALICE))
    return room


def mine(
    member_id: int, *, before: int | None = None, limit: int = 50, now: datetime = NOON
) -> sanction_lists.Page:
    return sanction_lists.my_sanctions(member_id=member_id, before=before, limit=limit, now=now)


def test_bob_reads_why_until_when_and_by_whom_but_no_name(garden: Room) -> None:
    newest, oldest = mine(BOB).entries
    assert (newest["act"], newest["reason"], newest["until"]) == ("mute", "flooding", NOON + HOUR)
    assert (newest["by"], newest["isInForce"], newest["mayObject"], newest["objection"]) == (
        "owner",
        True,
        True,
        None,
    )
    assert (oldest["by"], oldest["isInForce"], oldest["liftedAt"]) == ("staff", False, NOON)
    assert newest["roomName"] == "Garden"
    assert "Alice" not in str(newest)
    assert mine(ALICE).entries == []


def test_what_ended_by_itself_is_over(garden: Room) -> None:
    assert mine(BOB, now=NOON + HOUR).entries[0]["isInForce"] is False


def test_an_objection_is_read_beside_what_it_is_about(garden: Room) -> None:
    number = mine(BOB).entries[0]["sanctionId"]
    objections.object_to(sanction_id=number, member_id=BOB, words="No!", now=NOON)
    entry = mine(BOB).entries[0]
    assert entry["mayObject"] is False
    assert entry["objection"] == {
        "words": "No!",
        "madeAt": NOON,
        "decision": None,
        "answer": "",
        "decidedAt": None,
    }


def test_pages_follow_each_other(garden: Room) -> None:
    first = mine(BOB, limit=1)
    second = mine(BOB, before=first.next_before, limit=1)
    assert [page.entries[0]["reason"] for page in (first, second)] == ["flooding", "first"]
    assert second.next_before is None


def test_managers_read_what_holds_and_with_a_word_what_has_ended(garden: Room) -> None:
    terms: dict[str, Any] = {"room_id": garden.pk, "before": None, "limit": 50}
    [entry] = sanction_lists.room_sanctions(**terms, with_ended=False, now=NOON).entries
    assert entry["member"] == {"memberId": BOB, "nickName": "Bob"}
    assert entry["imposedBy"] == {"memberId": ALICE, "nickName": "Alice"}
    assert len(sanction_lists.room_sanctions(**terms, with_ended=True, now=NOON).entries) == 2
    assert sanction_lists.room_sanctions(**terms, with_ended=False, now=NOON + HOUR).entries == []


def test_a_hidden_message_of_nobody_is_listed_too(garden: Room) -> None:
    Sanction.objects.create(kind=Kind.HIDE, room=garden, member=None, seq=4, since=NOON, rank=2)
    terms: dict[str, Any] = {"room_id": garden.pk, "before": None, "limit": 1, "now": NOON}
    [entry] = sanction_lists.room_sanctions(**terms, with_ended=False).entries
    assert (entry["member"], entry["seq"], entry["act"]) == (None, 4, "hide")


def test_the_log_names_members_and_no_staff(garden: Room) -> None:
    page = sanction_lists.room_log(room_id=garden.pk, acting=ranks.staff(), before=None, limit=2)
    assert [(line["number"], line["act"], line["by"]) for line in page.entries] == [
        (3, "mute", "member"),
        (2, "mute_lifted", "staff"),
    ]
    assert page.entries[0]["actor"] == {"memberId": ALICE, "nickName": "Alice"}
    assert (page.entries[1]["actor"], page.entries[1]["reason"]) == (None, "a mistake")
    rest = sanction_lists.room_log(room_id=garden.pk, acting=ranks.staff(), before=page.next_before, limit=2)
    assert [line["number"] for line in rest.entries] == [1]


def test_nobody_reads_in_the_log_that_they_were_reported_or_looked_after(garden: Room) -> None:
    usual: dict[str, Any] = {"room_id": garden.pk, "by": audit.Actor.staff(1), "at": NOON}
    audit.record(
        audit.Deed(act="case_decided", member_id=ALICE, seq=3, **usual),
        audit.Deed(act="case_decided", **usual),  # about the room
        audit.Deed(act="concern_seen", member_id=ALICE, **usual),
        audit.Deed(act="case_decided", member_id=BOB, **usual),
        audit.Deed(act="rules", **usual),
    )
    acting = sanction_lists.require_sight(room_id=garden.pk, caller=caller(ALICE))
    seen = sanction_lists.room_log(room_id=garden.pk, acting=acting, before=None, limit=50).entries
    assert [line["number"] for line in seen] == [8, 7, 3, 2, 1]
    of_all = sanction_lists.room_log(room_id=garden.pk, acting=ranks.staff(), before=None, limit=50).entries
    assert len(of_all) == 8


@pytest.mark.parametrize(("member_id", "refusal"), [(BOB, ManagersOnly), (CHARLIE, NotInRoom)])
def test_only_who_keeps_the_room_may_look(garden: Room, member_id: int, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        sanction_lists.require_sight(room_id=garden.pk, caller=caller(member_id))
    sanction_lists.require_sight(room_id=garden.pk, caller=caller(ALICE))
    sanction_lists.require_sight(room_id=garden.pk, caller=caller(CHARLIE, role="ADMIN"))


def test_a_private_room_has_no_log_and_is_not_there_for_others(
    alice: Member, bob: Member, charlie: Member
) -> None:
    room = make_private_room(alice, bob)
    for who, refusal in ((caller(ALICE), NotGroupRoom), (caller(CHARLIE, role="ADMIN"), RoomNotFound)):
        with pytest.raises(refusal):
            sanction_lists.require_sight(room_id=room.pk, caller=who)
