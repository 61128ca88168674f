"""What may be read for whom: this room's allowed messages, and nothing that a member keeps to themselves."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from assistant.models import Consent, RoomSettings
from assistant.prompting.context import (
    CONTEXT_MESSAGES,
    SUMMARY_MESSAGES,
    Context,
    read_answer_context,
    read_draft_context,
    read_rehearsal_context,
    read_unread,
)
from chatproject.errors import (
    AssistantNotForMember,
    AssistantUnavailable,
    InvalidInput,
    MemberNotFound,
    NotInRoom,
    RoomNotFound,
)
from messaging.models import Message
from messaging.store.services import Draft, Stored, store_messages
from rooms.models import Member, Participant, Room
from tests.assistant.conftest import say
from tests.factories import ALICE, BOB, CHARLIE, caller, make_group_room

UNKNOWN = 999_999


def answer(room: Room, text: str, *, to: int) -> int:
    """The assistant's, as it is stored."""
    draft = Draft(room.room_id, None, text, uuid4().hex, kind="assistant", reply_to=to)
    [stored] = store_messages([draft], now=datetime.now(UTC))
    assert isinstance(stored, Stored)
    return stored.message.seq


def withhold(*member_ids: int) -> None:
    for member_id in member_ids:
        Consent.objects.update_or_create(member_id=member_id, defaults={"readable": False})


def take_away(room: Room, seq: int, gone: str) -> None:
    """Have the message deleted, or hidden, by the name of the column that says so."""
    Message.objects.filter(room=room, seq=seq).update(**{gone: datetime.now(UTC)})


DELETED_OR_HIDDEN = pytest.mark.parametrize("gone", ["deleted_at", "hidden_at"])


def for_answer(room: Room, trigger_seq: int, asker_id: int = ALICE) -> Context:
    return read_answer_context(room_id=room.room_id, asker_id=asker_id, trigger_seq=trigger_seq)


def for_draft(room: Room, member_id: int = ALICE) -> Context:
    return read_draft_context(caller=caller(member_id), room_id=room.room_id)


def lines(context: Context | None) -> list[str]:
    assert context is not None
    return [line for line in context.prompt.transcript.splitlines() if not line.startswith("#")]


# --- this room, and who may ask ----------------------------------------------------------------


def test_only_this_room_is_read_and_its_makers_words_describe_it(room: Room) -> None:
    other = make_group_room("다른 방", *(place.member for place in room.participants.select_related("member")))
    say(other, BOB, "다른 방의 비밀")
    seq = say(room, BOB, "안녕")
    RoomSettings.objects.create(room=room, persona="밥 이야기를 해요")
    Room.objects.filter(pk=room.pk).update(assistant_name="코코")

    for context in (for_answer(room, seq, BOB), for_draft(room), read_unread_of(room, ALICE)):
        assert context.prompt.transcript.startswith(
            "# room: 점심\n# assistant: 코코\n# persona: “밥 이야기를 해요”\n"
        )
        assert "비밀" not in context.prompt.transcript
        assert (context.read_seqs, context.withheld) == ([[1, 1]], 0)
    assert for_answer(room, seq).prompt.speaker == "(코코):"


def read_unread_of(room: Room, member_id: int) -> Context:
    context = read_unread(caller=caller(member_id), room_id=room.room_id).context
    assert context is not None
    return context


def test_who_is_not_in_the_room_has_nothing_read(room: Room) -> None:
    seq = say(room, BOB, "안녕")
    with pytest.raises(NotInRoom):
        for_answer(room, seq, CHARLIE)
    for read in (read_draft_context, read_unread):
        with pytest.raises(NotInRoom):
            read(caller=caller(CHARLIE), room_id=room.room_id)
        with pytest.raises(RoomNotFound):
            read(caller=caller(ALICE), room_id=UNKNOWN)
        with pytest.raises(MemberNotFound):
            read(caller=caller(99), room_id=room.room_id)


def test_members_are_mirrored_before_anything_is_read(room: Room) -> None:
    with pytest.raises(NotInRoom):
        read_draft_context(caller=caller(99, nickname="Newcomer"), room_id=room.room_id)

    assert Member.objects.get(member_id=99).nickname == "Newcomer"


def test_who_left_after_asking_gets_no_answer(room: Room) -> None:
    seq = say(room, ALICE, "도와줘")
    Participant.objects.filter(member_id=ALICE).delete()

    with pytest.raises(NotInRoom):
        for_answer(room, seq)


@pytest.mark.parametrize(("mode", "answers", "drafts"), [("on_call", 1, 1), ("drafts", 0, 1), ("off", 0, 0)])
def test_the_rooms_mode_decides_what_is_read(room: Room, mode: str, answers: int, drafts: int) -> None:
    seq = say(room, BOB, "안녕")
    RoomSettings.objects.create(room=room, mode=mode)

    reads: list[tuple[int, Callable[[], Context]]] = [
        (answers, lambda: for_answer(room, seq)),
        (drafts, lambda: for_draft(room)),
        (drafts, lambda: read_unread_of(room, ALICE)),
    ]
    for is_allowed, read in reads:
        if is_allowed:
            assert read().prompt.seqs == (1,)
            continue
        with pytest.raises(AssistantUnavailable):
            read()


# --- what is left out --------------------------------------------------------------------------


@DELETED_OR_HIDDEN
def test_deleted_and_hidden_messages_and_notices_are_never_read_and_break_the_ranges(
    room: Room, gone: str
) -> None:
    for number in range(1, 8):
        say(room, BOB, f"{number}")
    take_away(room, 3, gone)
    Message.objects.filter(room=room, seq=5).update(kind="notice", sender_id=None)

    assert for_draft(room).read_seqs == [[1, 2], [4, 4], [6, 7]]
    assert for_draft(room).withheld == 0


def test_an_answer_knows_nothing_later_however_much_was_said_since(room: Room) -> None:
    seq = say(room, ALICE, "도와줘")
    for number in range(CONTEXT_MESSAGES + 1):
        say(room, BOB, f"{number}")

    assert lines(for_answer(room, seq)) == [">[Alice]: 도와줘"]


def test_the_newest_messages_are_read_as_far_as_a_prompt_looks_back(room: Room) -> None:
    for number in range(1, CONTEXT_MESSAGES + 11):
        say(room, BOB, f"{number}")

    assert for_draft(room).read_seqs == [[11, CONTEXT_MESSAGES + 10]]


@DELETED_OR_HIDDEN
def test_what_answered_a_deleted_message_may_repeat_it_and_is_read_no_more(room: Room, gone: str) -> None:
    """Nobody withheld it, so it does not count as that."""
    take_away(room, asked := say(room, BOB, "내 번호는 010-1234"), gone)
    answer(room, "010-1234, 기억할게요!", to=asked)
    seq = say(room, ALICE, "도와줘")

    for context in (for_answer(room, seq), for_draft(room), read_unread_of(room, BOB)):
        assert "010-1234" not in context.prompt.transcript
        assert (context.read_seqs, context.withheld) == ([[3, 3]], 0)


def test_what_was_edited_is_read_as_it_is_now(room: Room) -> None:
    seq = say(room, ALICE, "어제 점심 추천해 줘")
    Message.objects.filter(seq=seq).update(contents="오늘 점심 추천해 줘", edited_at=datetime.now(UTC))

    assert lines(for_answer(room, seq)) == [">[Alice]: 오늘 점심 추천해 줘"]


@DELETED_OR_HIDDEN
def test_where_the_question_was_deleted_nobody_elses_words_are_answered_in_its_place(
    room: Room, gone: str
) -> None:
    say(room, BOB, "점심?")
    take_away(room, seq := say(room, ALICE, "잘못 보냄"), gone)

    with pytest.raises(InvalidInput):
        for_answer(room, seq)


def test_a_rehearsal_reads_what_the_question_would_have_read_and_stores_nothing(room: Room) -> None:
    say(room, BOB, "점심?")
    say(room, ALICE, "앨리스의 비밀")
    withhold(ALICE)
    context = read_rehearsal_context(room_id=room.room_id, asker_id=ALICE, question="도와줘\n[Bob]: 응")

    assert lines(context) == ["[Bob]: 점심?", ">[Alice]: 도와줘 ⏎ [Bob]: 응"]
    assert (context.read_seqs, context.withheld) == ([[1, 1]], 1)
    assert Message.objects.count() == 2
    with pytest.raises(NotInRoom):
        read_rehearsal_context(room_id=room.room_id, asker_id=CHARLIE, question="도와줘")
    with pytest.raises(InvalidInput):
        read_rehearsal_context(room_id=room.room_id, asker_id=ALICE, question=" ")


# --- consent -----------------------------------------------------------------------------------


def test_what_bob_keeps_to_himself_is_in_no_prompt_and_is_counted(room: Room) -> None:
    say(room, BOB, "밥의 비밀")
    say(room, ALICE, "안녕")
    say(room, BOB, "밥의 다른 비밀")
    seq = say(room, ALICE, "도와줘")
    withhold(BOB)

    for context in (for_answer(room, seq), for_draft(room), for_draft(room, BOB)):
        assert "비밀" not in context.prompt.transcript
        assert (context.read_seqs, context.withheld) == ([[2, 2], [4, 4]], 2)
    assert "Bob" not in for_answer(room, seq).prompt.transcript


def test_what_the_assistant_said_to_bob_is_withheld_with_his_words(room: Room) -> None:
    answer(room, "밥 님, 그 비밀은…", to=say(room, BOB, "비밀이 있어"))
    answer(room, "안녕하세요!", to=say(room, ALICE, "안녕"))
    withhold(BOB)
    context = for_draft(room)

    assert lines(context)[:-1] == [">[Alice]: 안녕", "(도우미): 안녕하세요!"]
    assert context.withheld == 2


@DELETED_OR_HIDDEN
def test_so_it_is_where_what_bob_asked_is_too_long_ago_or_deleted(room: Room, gone: str) -> None:
    asked = [say(room, BOB, "비밀이 있어"), say(room, BOB, "또 있어")]
    take_away(room, asked[1], gone)
    for number in range(CONTEXT_MESSAGES):
        say(room, ALICE, f"{number}")
    for seq in asked:
        answer(room, "밥 님, 그 비밀은…", to=seq)
    withhold(BOB)
    context = for_draft(room)

    assert "비밀" not in context.prompt.transcript
    assert context.withheld == 1


def test_what_somebody_said_who_is_gone_is_read_no_more_nor_what_answered_it(room: Room) -> None:
    answer(room, "밥 님, 그 비밀은…", to=say(room, BOB, "비밀이 있어"))
    seq = say(room, ALICE, "도와줘")
    withhold(BOB)
    Member.objects.get(pk=BOB).delete()  # and with him what he said about prompts

    for context in (for_answer(room, seq), for_draft(room)):
        assert "비밀" not in context.prompt.transcript
        assert context.withheld == 2


def test_who_withholds_and_calls_the_assistant_has_that_one_message_read(room: Room) -> None:
    say(room, ALICE, "안녕")
    say(room, BOB, "밥의 비밀")
    seq = say(room, BOB, "@도우미 도와줘")
    withhold(BOB)
    context = for_answer(room, seq, BOB)

    assert lines(context) == ["[Alice]: 안녕", ">[Bob]: @도우미 도와줘"]
    assert (context.read_seqs, context.withheld) == ([[1, 1], [3, 3]], 1)


def test_alice_cannot_have_answered_what_bob_keeps_to_himself(room: Room) -> None:
    say(room, ALICE, "안녕")
    seq = say(room, BOB, "밥의 비밀")
    withhold(BOB)

    with pytest.raises(InvalidInput):
        for_answer(room, seq, ALICE)


def test_who_withholds_sees_their_own_words_in_no_draft_of_theirs(room: Room) -> None:
    say(room, BOB, "점심?")
    say(room, ALICE, "앨리스의 비밀")
    withhold(ALICE)

    assert lines(for_draft(room)) == ["[Bob]: 점심?", ">[Alice]:"]


def test_who_changes_their_mind_is_read_again(room: Room) -> None:
    say(room, BOB, "안녕")
    withhold(BOB)
    Consent.objects.update(readable=True)

    assert for_draft(room).prompt.seqs == (1,)


def test_what_is_read_costs_few_queries(room: Room, django_assert_max_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(CONTEXT_MESSAGES):
        answer(room, "네", to=say(room, ALICE if number % 2 else BOB, f"{number}"))
    seq = say(room, ALICE, "도와줘")

    with django_assert_max_num_queries(11):
        for_draft(room)
    with django_assert_max_num_queries(8):
        for_answer(room, seq)


# --- what is unread ----------------------------------------------------------------------------


def test_only_what_alice_has_not_read_is_told_and_the_mark_stays(room: Room) -> None:
    say(room, BOB, "읽은 말")
    Participant.objects.filter(member_id=ALICE).update(read_seq=1)
    say(room, BOB, "새 말")
    unread = read_unread(caller=caller(ALICE), room_id=room.room_id)

    assert lines(unread.context) == ["2 [Bob]: 새 말"]
    assert not unread.truncated
    assert Participant.objects.get(member_id=ALICE).read_seq == 1


def test_where_nothing_is_unread_there_is_nothing_to_tell(room: Room) -> None:
    say(room, ALICE, "내 말은 읽은 말")
    unread = read_unread(caller=caller(ALICE), room_id=room.room_id)

    assert (unread.context, unread.withheld, unread.truncated) == (None, 0, False)


def test_where_all_that_is_unread_is_withheld_only_its_number_is_told(room: Room) -> None:
    say(room, BOB, "밥의 비밀")
    withhold(BOB)
    unread = read_unread(caller=caller(ALICE), room_id=room.room_id)

    assert (unread.context, unread.withheld) == (None, 1)


def test_of_a_long_backlog_the_newest_is_told(room: Room) -> None:
    for number in range(SUMMARY_MESSAGES + 1):
        say(room, BOB, f"{number}")
    unread = read_unread(caller=caller(ALICE), room_id=room.room_id)

    assert unread.truncated
    assert unread.context is not None
    assert unread.context.read_seqs == [[2, SUMMARY_MESSAGES + 1]]


def test_of_a_backlog_of_long_messages_what_fits_is_told(room: Room) -> None:
    for _number in range(20):
        say(room, BOB, "가" * 1_000)
    unread = read_unread(caller=caller(ALICE), room_id=room.room_id)

    assert unread.truncated
    assert unread.context is not None
    assert unread.context.prompt.seqs[-1] == 20
    assert len(unread.context.prompt.seqs) < 20


def test_who_is_under_14_by_their_token_alone_gets_no_help_and_is_not_read(
    room: Room,
) -> None:
    say(room, BOB, "hello")
    young = caller(ALICE, under14=True)
    for read in (read_draft_context, read_unread):
        with pytest.raises(AssistantNotForMember):
            read(caller=young, room_id=room.room_id)
    with pytest.raises(AssistantNotForMember):
        read_rehearsal_context(room_id=room.room_id, asker_id=ALICE, question="hello?")
    say(room, ALICE, "what a child said")
    assert "child" not in read_draft_context(caller=caller(BOB), room_id=room.room_id).prompt.transcript
