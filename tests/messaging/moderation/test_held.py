"""What is held: who sees it, and its rejection."""

import pytest
from django.utils import timezone

from chatproject.errors import InvalidInput, ManagersOnly, NotGroupRoom
from chatproject.room_errors import AlreadyDecided, NothingThere
from messaging.file_models import File
from messaging.moderation import held
from messaging.wire.marks import Attachment, stored_attachments
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE, caller, make_private_room
from tests.messaging.files.having import have_file
from tests.messaging.moderation.holding import make_held
from tests.rooms.moderation.cast import make_garden

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(alice: Member, bob: Member, charlie: Member) -> Room:
    return make_garden(alice, charlie, bob)


def texts(room: Room, **where: int | None) -> tuple[list[str], int | None]:
    rows, following = held.held_in_room(
        room_id=room.pk, by=caller(CHARLIE), after=where.get("after"), limit=where.get("limit") or 10
    )
    return [row["message"] for row in rows], following


def test_managers_see_what_waits_the_oldest_first(garden: Room) -> None:
    first, second = (make_held(garden, text, client=number) for number, text in enumerate(("one", "two")))
    make_held(garden, "decided", client=9, state="rejected")
    assert texts(garden) == (["one", "two"], None)
    assert texts(garden, limit=1) == (["one"], first.pk)
    assert texts(garden, after=first.pk) == (["two"], None)
    assert second.pk > first.pk
    with pytest.raises(ManagersOnly):
        held.held_in_room(room_id=garden.pk, by=caller(BOB), after=None, limit=10)


def test_authors_see_their_own_with_what_became_of_it(garden: Room) -> None:
    make_held(garden, "one")
    make_held(garden, "two", client=2, state="rejected", reason="광고예요.")
    own = held.held_of_member(member_id=BOB)
    assert [(row["message"], row["state"], row["reason"]) for row in own] == [
        ("two", "rejected", "광고예요."),
        ("one", "waiting", ""),
    ]
    assert held.held_of_member(member_id=ALICE) == []


def test_both_see_which_files_were_to_be_sent_and_a_rejection_ends_them(garden: Room) -> None:
    cat, log = have_file(garden, BOB, is_held=True), have_file(garden, BOB, state="checking", is_held=True)
    kept = stored_attachments(
        [Attachment(file_id=one.pk, name=one.name, type="x/y", size=5) for one in (cat, log)]
    )
    waiting = make_held(garden, "", files=kept)
    File.objects.filter(pk=log.pk).update(state="refused")
    [shown], _next = held.held_in_room(room_id=garden.pk, by=caller(CHARLIE), after=None, limit=10)
    [own] = held.held_of_member(member_id=BOB)
    assert shown["attachments"] == own["attachments"]
    assert [(one["name"], one["state"]) for one in own["attachments"]] == [
        ("노을.jpg", "ready"),
        ("노을.jpg", "refused"),
    ]
    now = timezone.now()
    held.reject(room_id=garden.pk, held_id=waiting.pk, by=caller(CHARLIE), reason="광고", now=now)
    assert set(File.objects.values_list("is_held", "expires_at", "seq")) == {(False, now, None)}
    File.objects.all().delete()
    [own] = held.held_of_member(member_id=BOB)
    assert [one["state"] for one in own["attachments"]] == ["gone", "gone"]


def test_a_rejection_has_a_reason_and_is_logged_once(garden: Room) -> None:
    waiting = make_held(garden)

    def reject(held_id: int = waiting.pk, by: int = CHARLIE, reason: str = " 광고예요. ") -> str:
        return held.reject(
            room_id=garden.pk, held_id=held_id, by=caller(by), reason=reason, now=timezone.now()
        ).reason

    for reason in ("", " ", "x" * 201, "\x00"):
        with pytest.raises(InvalidInput):
            reject(reason=reason)
    with pytest.raises(ManagersOnly):
        reject(by=BOB)
    with pytest.raises(NothingThere):
        reject(held_id=waiting.pk + 1)
    assert reject() == "광고예요."
    with pytest.raises(AlreadyDecided):
        reject(by=ALICE)
    assert list(AuditEntry.objects.values_list("act", "actor_id", "member_id")) == [("reject", CHARLIE, BOB)]


def test_nothing_is_held_in_private_rooms(alice: Member, bob: Member) -> None:
    with pytest.raises(NotGroupRoom):
        held.held_in_room(room_id=make_private_room(alice, bob).pk, by=caller(ALICE), after=None, limit=1)
