"""REST of whom a member blocks, and that nothing of the blocked one counts for that member."""

import pytest
from django.test import Client

from messaging.store.my_rooms import my_mentions, my_rooms
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, token_for
from tests.messaging.store.test_mentions import draft, store
from tests.messaging.test_views import V1, code, data

pytestmark = pytest.mark.django_db


def test_alice_blocks_bob_reads_so_and_unblocks_him(room: Room, alice: Member, bob: Member) -> None:
    assert data("PUT", f"/me/blocked/{BOB}", by=ALICE) is None
    [blocked] = data("GET", "/me/blocked", by=ALICE)["blocked"]
    assert (blocked["memberId"], blocked["nickName"]) == (BOB, "Bob")
    assert blocked["since"].endswith("Z")
    assert data("GET", "/me/blocked", by=BOB) == {"blocked": []}
    assert data("DELETE", f"/me/blocked/{BOB}", by=ALICE) is None
    assert data("GET", "/me/blocked", by=ALICE) == {"blocked": []}


def test_what_cannot_be_blocked(alice: Member, bob: Member) -> None:
    assert code("PUT", f"/me/blocked/{ALICE}", by=ALICE) == (400, "E-C001")
    assert code("PUT", "/me/blocked/zero", by=ALICE) == (400, "E-C001")
    assert code("PUT", f"/me/blocked/{CHARLIE}", by=ALICE) == (404, "E-M001")


def test_both_are_told_the_same_where_no_room_can_begin(alice: Member, bob: Member) -> None:
    data("PUT", f"/me/blocked/{BOB}", by=ALICE)
    answers = [
        Client(headers={"access": token_for(one)}).post(f"{V1}/room/private/create?otherMemberId={other}")
        for one, other in ((ALICE, BOB), (BOB, ALICE))
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(403, "E-M002")] * 2
    assert answers[0].json() == answers[1].json()


def test_who_is_blocked_mentions_nobody_who_blocks_them_and_everybody_else(
    room: Room, alice: Member, bob: Member, charlie: Member
) -> None:
    garden = make_group_room("Garten", bob, alice, charlie)
    store(draft(garden, mentions=(ALICE, CHARLIE), by=BOB), draft(garden, everyone=True, by=BOB, is_admin=True))
    assert mention_counts(garden, ALICE, CHARLIE) == [2, 2]
    data("PUT", f"/me/blocked/{BOB}", by=ALICE)
    assert mention_counts(garden, ALICE, CHARLIE) == [0, 2]
    assert [len(my_mentions(member_id=one, before=None, limit=9)[0]) for one in (ALICE, CHARLIE)] == [0, 2]
    store(draft(garden, mentions=(ALICE,), by=CHARLIE))
    assert mention_counts(garden, ALICE) == [1]
    data("DELETE", f"/me/blocked/{BOB}", by=ALICE)
    assert mention_counts(garden, ALICE) == [3]


def mention_counts(room: Room, *member_ids: int) -> list[int]:
    return [
        mine["mentionCount"]
        for member_id in member_ids
        for mine in my_rooms(member_id=member_id)
        if mine["roomId"] == room.pk
    ]
