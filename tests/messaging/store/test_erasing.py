"""An erased member is taken out of messages: what they said is a tombstone, what others said stays said."""

import pytest

from messaging.models import EarlierText, Mention, Message, Reaction
from messaging.search_models import SearchStale
from messaging.store.acts import EraseAct
from messaging.store.objects import messages_by_id
from messaging.wire.marks import marks_of
from messaging.wire.protocol import MessageObject
from rooms.models import Member, Room
from tests.factories import ALICE, BOB
from tests.messaging.store.doing import at, codes, done, edit, hide, pin, react, read, role, say

pytestmark = pytest.mark.django_db


def erase(room: Room, seq: int, *, is_theirs: bool = True) -> EraseAct:
    return EraseAct(room_id=room.pk, seq=seq, erased_id=BOB, is_theirs=is_theirs)


def private_object(room: Room, seq: int) -> MessageObject:
    message_id = Message.objects.get(room=room, seq=seq).pk
    return messages_by_id([message_id])[message_id]


def test_what_they_said_is_an_empty_tombstone_of_nobody(room: Room) -> None:
    role(room, owner=ALICE)
    say(room, "one", "two", sender_id=BOB, mentions=(ALICE,))
    done(edit(room, 1, "ONE", by=BOB), now=at(20))
    done(react(room, 1, by=ALICE), pin(room, 1, by=ALICE), now=at(30))
    [stored, _other] = done(erase(room, 1), erase(room, 2), now=at(40))

    assert (stored.message.deleted_by, stored.message.message, stored.message.version) == ("author", "", 5)
    shown = read(room, 1)
    assert (shown.seq, shown.sender_id, shown.nick_name, shown.client_id) == (1, None, "", None)
    assert (shown.deleted_at is not None, shown.edited_at, shown.pinned_at, shown.mentions) == (
        True,
        None,
        None,
        (),
    )
    row = Message.objects.get(room=room, seq=1)
    assert (row.contents, row.sender_id, row.client_id) == ("", None, None)
    assert not EarlierText.objects.exists()
    assert not Mention.objects.exists()
    assert not Reaction.objects.exists()
    assert Room.objects.get(pk=room.pk).pinned_seq is None
    assert SearchStale.objects.exists()


def test_done_again_nothing_changes_and_nobody_is_told(room: Room) -> None:
    say(room, "one", sender_id=BOB)
    done(erase(room, 1))
    [again] = done(erase(room, 1), now=at(60))
    assert (again.duplicate, again.message.version) == (True, 2)


def test_what_was_deleted_or_hidden_before_loses_its_text_too(room: Room) -> None:
    role(room, owner=ALICE)
    say(room, "one", "two", sender_id=BOB)
    done(hide(room, 1, by=ALICE), now=at(20))
    Message.objects.filter(room=room, seq=2).update(deleted_at=at(20), marks='{"deletedBy":"moderator"}')
    done(erase(room, 1), erase(room, 2), now=at(30))
    assert not Message.objects.exclude(contents="", sender=None).exists()
    assert (read(room, 2).deleted_by, Message.objects.get(seq=2).deleted_at) == ("moderator", at(20))
    assert read(room, 1).hidden_at is None
    done(hide(room, 1, by=ALICE, on=False), now=at(40))
    assert read(room, 1).deleted_at is not None


def test_what_others_said_loses_their_reactions_and_the_mention_of_them(room: Room) -> None:
    say(room, "one", sender_id=ALICE, mentions=(BOB,))
    done(react(room, 1, by=BOB), react(room, 1, by=ALICE), react(room, 1, "thumb", by=BOB), now=at(20))
    [stored] = done(erase(room, 1, is_theirs=False), now=at(30))
    assert (stored.message.message, stored.message.sender_id, stored.message.mentions) == ("one", ALICE, ())
    [reaction] = stored.message.reactions
    assert (reaction.key, reaction.count, reaction.member_ids) == ("heart", 1, (ALICE,))
    assert marks_of(Message.objects.get().marks).reactions == (reaction,)
    assert list(Reaction.objects.values_list("member_id", flat=True)) == [ALICE]
    assert not Mention.objects.exists()


def test_nothing_of_anybody_else_is_emptied(room: Room) -> None:
    say(room, "one", sender_id=ALICE)
    say(room, "two", sender_id=None, kind="notice")
    assert codes(erase(room, 1), erase(room, 2), erase(room, 3)) == ["E-MS001"] * 3
    assert list(Message.objects.order_by("seq").values_list("contents", flat=True)) == ["one", "two"]


def test_a_hidden_message_that_mentioned_them_can_be_shown_again(room: Room) -> None:
    role(room, owner=ALICE)
    role(room, owner=ALICE)
    say(room, "one", sender_id=ALICE, mentions=(BOB,), everyone=True)
    done(hide(room, 1, by=None), now=at(20))
    Member.objects.filter(pk=BOB).delete()  # while it is hidden no row says that it mentions him
    done(hide(room, 1, by=None, on=False), now=at(30))
    assert read(room, 1).hidden_at is None
    assert list(Mention.objects.values_list("member_id", flat=True)) == [None]
