"""What becomes of texts in which something was found: refused, held, let go, flagged; and what is logged of it."""

from typing import Any

import pytest
from django.utils import timezone
from msgspec import structs

from chatproject.errors import ChatError, ManagersOnly, TooManyRequests
from chatproject.room_errors import AlreadyDecided, MessageHeld, MessageRefused
from messaging.models import Message
from messaging.moderation.screening import FLOOD, Verdict
from messaging.moderation_models import HeldMessage
from messaging.store.acts import EditAct
from messaging.store.drafts import Draft, Release
from messaging.store.screened import HELD_MOST
from messaging.store.services import Stored, store_batch
from rooms.audit_models import AuditEntry
from rooms.models import Member, Participant, Room
from rooms.moderation.audit import Actor, breaks
from tests.factories import ALICE, BOB, make_private_room

pytestmark = pytest.mark.django_db(transaction=True)

BLOCK, HOLD, FLAG = (Verdict(action, "filter", 5, "시발") for action in ("block", "hold", "flag"))


def draft(room: Room, client: int = 1, verdict: Verdict | None = HOLD, **changes: Any) -> Draft:
    made = Draft(room.pk, BOB, "시발", f"{client:032x}", verdict=verdict)
    return structs.replace(made, **changes)


def store(*entries: Draft | EditAct) -> list[Any]:
    return store_batch(entries, now=timezone.now())


def logged() -> list[tuple[str, int | None, int | None]]:
    assert not list(breaks())
    return list(AuditEntry.objects.order_by("entry_id").values_list("act", "member_id", "seq"))


@pytest.fixture
def manager(room: Room) -> Member:
    place = Participant.objects.get(room=room, member_id=ALICE)
    place.role = Participant.Role.MANAGER
    place.save()
    return place.member


def test_what_is_refused_is_nowhere_but_in_the_log(room: Room) -> None:
    [refusal, other] = store(draft(room, verdict=BLOCK), draft(room, 2, None))
    assert isinstance(refusal, MessageRefused)
    assert isinstance(other, Stored)
    assert other.message.seq == 1
    assert logged() == [("filter_block", BOB, None)]
    store(draft(room, verdict=BLOCK._replace(is_news=False)))
    assert len(logged()) == 1


def test_what_is_held_waits_outside_the_log_of_the_room(room: Room) -> None:
    [held, other] = store(draft(room, mentions=(ALICE,)), draft(room, 2, None))
    assert isinstance(held, MessageHeld)
    assert (other.message.seq, Message.objects.count()) == (1, 1)
    kept = HeldMessage.objects.get()
    assert held.held_id == kept.pk
    assert (kept.contents, kept.state, kept.rule_id, kept.matched) == ("시발", "waiting", 5, "시발")
    assert kept.mentions == f"[{ALICE}]"
    assert logged() == [("hold", BOB, None)]


def test_a_repeat_gets_the_same_answer_and_is_held_once(room: Room) -> None:
    [first, same] = store(draft(room), draft(room))
    [again] = store(draft(room))
    assert {error.held_id for error in (first, same, again)} == {HeldMessage.objects.get().pk}
    assert len(logged()) == 1
    HeldMessage.objects.update(state="rejected")
    [rejected] = store(draft(room))
    assert isinstance(rejected, MessageRefused)


def test_managers_are_not_held_but_refused_like_all(room: Room, manager: Member) -> None:
    outcomes = store(
        draft(room, 1, HOLD, sender_id=ALICE),
        draft(room, 2, FLOOD, sender_id=ALICE),
        draft(room, 3, HOLD, is_admin=True),
    )
    assert all(isinstance(outcome, Stored) for outcome in outcomes)
    assert isinstance(store(draft(room, 4, BLOCK, sender_id=ALICE))[0], MessageRefused)


def test_in_a_private_room_nobody_could_let_it_go(alice: Member, bob: Member) -> None:
    room = make_private_room(alice, bob)
    [by_rule, by_flood] = store(draft(room), draft(room, 2, FLOOD))
    assert isinstance(by_rule, MessageRefused)
    assert isinstance(by_flood, TooManyRequests)
    assert not HeldMessage.objects.exists()


def test_a_member_has_only_so_much_waiting(room: Room) -> None:
    outcomes = store(*(draft(room, number) for number in range(HELD_MOST + 1)))
    assert [type(outcome) for outcome in outcomes] == [MessageHeld] * HELD_MOST + [TooManyRequests]
    assert isinstance(store(draft(room, 99))[0], TooManyRequests)


def test_what_is_flagged_is_said(room: Room) -> None:
    [stored] = store(draft(room, verdict=FLAG))
    assert isinstance(stored, Stored)
    assert logged() == [("filter_flag", BOB, 1)]
    [again] = store(draft(room, verdict=FLAG))
    assert again.duplicate
    assert len(logged()) == 1


def release(room: Room, held: HeldMessage, by: int = ALICE) -> Draft:
    made = draft(room, verdict=None, contents=held.contents, client_id=held.client_id)
    return structs.replace(made, release=Release(held.pk, Actor.member(by), "괜찮아요"))


def test_a_released_message_takes_its_place_then_once(room: Room, manager: Member) -> None:
    store(draft(room), draft(room, 2, None))
    held = HeldMessage.objects.get()
    [released] = store(release(room, held))
    assert (released.message.seq, released.message.sender_id, released.message.message) == (2, BOB, "시발")
    [second] = store(release(room, held))
    assert isinstance(second, AlreadyDecided)
    held.refresh_from_db()
    assert (held.state, held.seq, held.decided_by_id, held.reason) == ("released", 2, ALICE, "괜찮아요")
    assert logged() == [("hold", BOB, None), ("release", BOB, 2)]
    [repeat] = store(draft(room))  # its author's client never heard of it
    assert (repeat.duplicate, repeat.message.seq) == (True, 2)


def test_who_left_says_nothing_any_more(room: Room) -> None:
    store(draft(room))
    Participant.objects.filter(member_id=BOB).delete()
    [refusal] = store(release(room, HeldMessage.objects.get()))
    assert isinstance(refusal, ChatError)
    assert HeldMessage.objects.get().state == "waiting"


def test_a_text_is_not_changed_to_one_that_would_not_be_said(room: Room, manager: Member) -> None:
    store(draft(room, 1, None), draft(room, 2, None, sender_id=ALICE))

    def edit(seq: int, member_id: int, verdict: Verdict) -> Any:
        act = EditAct(room_id=room.pk, seq=seq, member_id=member_id, contents="시발!", verdict=verdict)
        return store(act)[0]

    assert isinstance(edit(1, BOB, BLOCK), MessageRefused)
    assert isinstance(edit(1, BOB, HOLD), MessageRefused)
    assert isinstance(edit(2, ALICE, HOLD), Stored)
    assert isinstance(edit(1, BOB, FLAG), Stored)
    assert [act for act, *_ in logged()] == ["filter_block", "filter_block"]


def test_who_manages_no_more_when_it_is_stored_lets_nothing_go(room: Room, manager: Member) -> None:
    store(draft(room))
    held = HeldMessage.objects.get()
    Participant.objects.filter(room=room, member=manager).update(role="member")
    [outcome] = store(release(room, held))
    assert isinstance(outcome, ManagersOnly)
    held.refresh_from_db()
    assert held.state == "waiting"
