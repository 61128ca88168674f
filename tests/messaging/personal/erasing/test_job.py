"""An erasure beside running chat: others see tombstones, and nowhere is a word left of who is erased."""

import json
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from assistant.models import AssistantRun, Usage
from chatproject.errors import NotInRoom, RoomNotFound
from messaging.file_models import File
from messaging.files.checks.leases import Outcome, finish
from messaging.files.ending.ends import Ending, end_due
from messaging.files.ending.straying import mend_some
from messaging.models import Mention, Message
from messaging.moderation.reporting import report_by_filter
from messaging.moderation.screening import Verdict
from messaging.personal.ending_holds import end_some_records
from messaging.personal.erasing.job import Eraser
from messaging.personal.erasing.rows import Named, all_named
from messaging.personal.erasing.sent import BUSY_FOR
from messaging.personal.holds import number_of_file
from messaging.personal_models import Erasure, Export, HeldRecord, LegalHold
from messaging.search.index import index_newer, progress
from messaging.search_models import SearchSignature, SearchStale
from messaging.server import ChatServer
from messaging.store.my_rooms import my_mentions, my_rooms
from messaging.wire.marks import marks_of
from rooms.audit_models import AuditEntry
from rooms.members import users
from rooms.models import Member, Participant, Room
from tests.factories import ALICE, BOB, caller, make_group_room
from tests.messaging.files.having import have_file
from tests.messaging.moderation.reported import report
from tests.messaging.people import ListSink, Person, connect, in_thread, soon
from tests.messaging.personal.erasing.conftest import MakeEraser, ask_for, carry_out
from tests.messaging.personal.erasing.dumps import files_holding, holding
from tests.messaging.personal.erasing.traces import NAME, OTHERS, WORD, fill_a_chunk, had_everything, leave_traces
from tests.messaging.store.doing import NOW, done, react, say

pytestmark = pytest.mark.django_db(transaction=True)
HOLD: dict[str, Any] = {"made_at": NOW, "until": timezone.now() + timedelta(days=30)}


async def test_no_table_file_or_log_holds_a_word_of_who_is_erased(
    eraser: Eraser, room: Room, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await in_thread(leave_traces, room, tmp_path)
    await in_thread(fill_a_chunk)
    await in_thread(had_everything)
    before, others = await in_thread(holding, WORD, NAME), await in_thread(holding, OTHERS)
    assert len(before) > 15
    named = {one.name for one in all_named() if await in_thread(_has, one)}
    assert {one.name for one in all_named()} - named == set(), "leave_traces leaves nothing there"

    await ask_for()
    await carry_out(eraser)

    assert await in_thread(holding, WORD, NAME) == set()
    assert await in_thread(holding, OTHERS) == others
    assert files_holding(tmp_path, WORD) == []
    assert WORD not in caplog.text
    assert {one.name for one in all_named() if await in_thread(_has, one)} == set()
    assert await in_thread(lambda: list(Usage.objects.values_list("scope", flat=True))) == ["room"]
    receipt = await in_thread(Erasure.objects.get)
    counts = json.loads(receipt.counts)
    assert receipt.state == "done"
    assert (counts["exports"], await in_thread(Export.objects.count)) == (1, 0)
    assert (counts["messages"], counts["answers"], counts["rooms"], counts["files"]) == (5, 1, 2, 3)


async def come(server: ChatServer, nickname: str, issued_at: float) -> Person:
    sink = ListSink()
    who = caller(BOB, nickname, issued_at=issued_at)
    return Person(server, await soon(server.connect(caller=who, sink=sink, is_v1=False, language="ko")), sink)


def _has(named: Named) -> bool:
    return named.rows_of(BOB).exists()


async def test_who_listens_sees_tombstones_at_once_and_who_is_erased_is_out(
    eraser: Eraser, server: ChatServer, room: Room, alice_listens: Person
) -> None:
    bob = await connect(server, BOB)
    await bob.subscribe(room.pk)
    await bob.say(room.pk, WORD)
    await alice_listens.say(room.pk, OTHERS)
    _order, revoked = await ask_for()
    server.tell_revoked(revoked)
    await bob.sink.until(lambda: bob.sink.closed)
    await carry_out(eraser)

    [change] = await alice_listens.sink.until(lambda: alice_listens.sink.of_type("changed"))
    assert (change["seq"], change["message"], change["deletedBy"], change["senderId"]) == (1, "", "author", None)
    left = await alice_listens.gets("left")
    assert left["memberId"] == BOB
    assert NAME not in str(alice_listens.sink.frames)
    assert bob.sink.closed == (4401, "revoked")


async def test_whoever_goes_on_after_a_process_died_begins_where_it_was(
    make_eraser: MakeEraser, room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each step another process goes on: the one before died with the order in its hands."""
    monkeypatch.setattr("messaging.personal.erasing.said.AT_ONCE", 2)
    await in_thread(leave_traces, room, tmp_path)
    order, _revoked = await ask_for()
    monkeypatch.setattr("messaging.personal.erasing.orders.let_go", lambda **_whose: None)
    steps = 0
    while (await in_thread(Erasure.objects.get)).state != "done":
        assert await soon(make_eraser().step())
        assert not await soon(make_eraser().step()), "it is another one's"
        await in_thread(lambda: Erasure.objects.update(held_until=order.asked_at))  # half a minute later
        steps += 1
    assert steps > 20
    assert await in_thread(holding, WORD, NAME) == set()
    counts = json.loads((await in_thread(Erasure.objects.get)).counts)
    assert (counts["messages"], counts["rooms"], counts["files"]) == (5, 2, 3)


async def test_what_was_said_where_they_are_the_last_goes_a_few_at_a_time(
    make_eraser: MakeEraser, room: Room, bob: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After each step another process goes on. Rooms with others in them wait for no large one."""
    monkeypatch.setattr("messaging.personal.erasing.places.ROOMS_AT_ONCE", 1)
    monkeypatch.setattr("messaging.personal.retaining.DELETED_AT_ONCE", 2)
    lone = await in_thread(make_group_room, "혼자 쓰는 방", bob)
    await in_thread(say, lone, *[WORD] * 5, sender_id=BOB)
    alice = await in_thread(Member.objects.get, pk=ALICE)
    late = await in_thread(make_group_room, "늦게 연 방", alice, bob)
    await ask_for()
    seen = []
    while await in_thread(Room.objects.filter(pk=lone.pk).exists):
        there, said = (
            Participant.objects.filter(member_id=BOB, room__in=[room, late]),
            Message.objects.filter(room=lone),
        )
        seen.append((await in_thread(there.count), await in_thread(said.count)))
        assert await soon(make_eraser().step())
    assert seen == [(2, 5), (1, 5), (0, 5), (0, 3), (0, 1), (0, 0)]
    await carry_out(make_eraser())
    assert (await in_thread(Erasure.objects.get)).state == "done"
    assert json.loads((await in_thread(Erasure.objects.get)).counts)["rooms"] == 3
    assert await in_thread(holding, WORD) == set()


async def test_who_has_the_number_afterwards_sees_nothing_of_the_former(
    eraser: Eraser, server: ChatServer, room: Room, tmp_path: Path
) -> None:
    private = await in_thread(leave_traces, room, tmp_path)
    await ask_for()
    early = await come(server, "밥 2세", time.time())  # before all is erased
    await carry_out(eraser)
    await early.sink.until(lambda: early.sink.closed)
    assert not await in_thread(Member.objects.filter(pk=BOB).exists)

    late = await come(server, "밥 3세", time.time() + 60)
    assert late.session.nickname == "밥 3세"
    with pytest.raises(RoomNotFound):
        await late.subscribe(private.pk)
    with pytest.raises(NotInRoom):
        await late.subscribe(room.pk)
    assert await in_thread(my_rooms, member_id=BOB) == []
    assert await in_thread(my_mentions, member_id=BOB, before=None, limit=10) == ([], None)


async def test_in_the_main_servers_table_nothing_is_written(
    eraser: Eraser, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    await in_thread(say, room, WORD, sender_id=BOB)
    monkeypatch.setattr(users, "may_be_written", lambda: False)
    before = await in_thread(lambda: list(Member.objects.values_list()))
    await ask_for()
    await carry_out(eraser)
    assert await in_thread(lambda: list(Member.objects.values_list())) == before
    assert await in_thread(holding, WORD) == set()
    assert (await in_thread(Erasure.objects.get)).state == "done"


async def test_what_is_before_a_rooms_beginning_stops_no_erasure(eraser: Eraser, room: Room) -> None:
    """A process moved the beginning, and died before it deleted what is before it."""
    await in_thread(say, room, WORD, sender_id=BOB)
    await in_thread(say, room, OTHERS, sender_id=ALICE)
    await in_thread(lambda: done(react(room, 2, by=BOB)))
    await in_thread(say, room, WORD, sender_id=BOB)
    await in_thread(lambda: Room.objects.filter(pk=room.pk).update(first_seq=3))
    await ask_for()
    await carry_out(eraser)
    assert (await in_thread(Erasure.objects.get)).state == "done"
    assert await in_thread(holding, WORD) == set()


async def test_a_mention_in_a_message_that_went_by_sql_stops_no_erasure(eraser: Eraser, room: Room) -> None:
    """Beside one in a message that stands, which is told again without."""
    await in_thread(say, room, f"@Bob {OTHERS}", f"@Bob {OTHERS}", sender_id=ALICE, mentions=(BOB,))
    await in_thread(lambda: Message.objects.filter(room=room, seq=1).delete())
    await ask_for()
    await carry_out(eraser)
    assert (await in_thread(Erasure.objects.get)).state == "done"
    assert not await in_thread(Mention.objects.exists)
    assert marks_of((await in_thread(Message.objects.get)).marks).mentions == ()


async def test_a_receipt_says_that_the_main_server_deleted_the_row_too_soon(
    eraser: Eraser, room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they said then has no author: nobody finds it, and nobody may believe that it is gone."""
    await in_thread(say, room, WORD, sender_id=BOB)
    monkeypatch.setattr(users, "may_be_written", lambda: False)
    await ask_for()
    await in_thread(lambda: Member.objects.filter(pk=BOB).delete())
    await carry_out(eraser)
    receipt = await in_thread(Erasure.objects.get)
    assert (receipt.state, json.loads(receipt.counts)) == ("done", {"rowGoneEarly": 1})


async def test_an_answer_under_way_is_stopped_and_waited_for(eraser: Eraser, room: Room) -> None:
    run = {"run_id": "a" * 32, "room": room, "asker_id": BOB, "trigger_seq": 1, "created_at": NOW}
    await in_thread(lambda: AssistantRun.objects.create(**run, state="running"))
    await ask_for()
    await carry_out(eraser)
    assert (await in_thread(Erasure.objects.get)).state == "running"
    assert (await in_thread(AssistantRun.objects.get)).stop_requested
    await in_thread(say, room, f"{WORD} 라고 답", sender_id=None)
    await in_thread(lambda: AssistantRun.objects.update(state="stopped", answer_seq=1))
    await carry_out(eraser)
    assert (await in_thread(Erasure.objects.get)).state == "done"
    assert await in_thread(holding, WORD) == set()


async def test_answers_to_what_they_said_go_whoever_asked_for_them(eraser: Eraser, room: Room) -> None:
    await in_thread(say, room, WORD, WORD, sender_id=BOB)
    for seq, state, number in ((1, "done", 3), (2, "running", 4)):
        await in_thread(say, room, f"{WORD} 라고 답", sender_id=None, kind="assistant")
        run = {"run_id": f"{seq:032x}", "room": room, "asker_id": ALICE, "trigger_seq": seq, "created_at": NOW}
        answer = number if state == "done" else None
        await in_thread(
            lambda run=run, **how: AssistantRun.objects.create(**run, **how), state=state, answer_seq=answer
        )
    await ask_for()
    await carry_out(eraser)
    under_way = AssistantRun.objects.filter(stop_requested=True)
    assert await in_thread(under_way.count) == 1
    await in_thread(lambda: under_way.update(state="stopped", answer_seq=4))
    await carry_out(eraser)
    assert await in_thread(holding, WORD) == set()


async def test_what_a_hold_covers_is_kept_apart(eraser: Eraser, room: Room, tmp_path: Path) -> None:
    await in_thread(leave_traces, room, tmp_path)
    held = await in_thread(lambda: LegalHold.objects.create(member_id=BOB, reason="수사", **HOLD))
    await ask_for()
    await carry_out(eraser)
    assert await in_thread(holding, WORD) == {"chat_held_records.contents"}
    counts = json.loads((await in_thread(Erasure.objects.get)).counts)
    assert counts["held"] == await in_thread(HeldRecord.objects.filter(hold=held, member_id=BOB).count) > 8
    assert (
        len(files_holding(tmp_path, WORD)) == 2 * 4
    )  # the one that was sent and the one that waits, in their sizes


async def test_a_file_that_waits_for_a_manager_is_kept_as_what_was_sent(eraser: Eraser, room: Room) -> None:
    waits, unsent = await in_thread(have_file, room, BOB, is_held=True), await in_thread(have_file, room, BOB)
    held = await in_thread(lambda: LegalHold.objects.create(room_id=room.pk, reason="수사", **HOLD))
    await ask_for()
    await carry_out(eraser)
    assert await in_thread(end_due, now=timezone.now()) == Ending({}, {}, frozenset())
    left = await in_thread(lambda: [(one.pk, one.uploader_id, one.state) for one in File.objects.all()])
    assert left == [(waits.pk, None, "gone")], unsent.pk
    record = await in_thread(HeldRecord.objects.get)
    assert (record.kind, record.member_id, number_of_file(record.contents)) == ("file", BOB, waits.pk)
    await in_thread(end_some_records, now=held.until)
    assert list((await in_thread(end_due, now=held.until)).removed) == [waits.pk]


async def test_a_file_that_somebody_has_in_hand_keeps_its_row_until_they_are_done(
    eraser: Eraser, room: Room
) -> None:
    """They may be killed over it: the row is what the sweeper finds their bytes by."""
    now = timezone.now()
    checked = {"state": "checking", "holder": "a checker", "held_until": now + timedelta(seconds=30)}
    coming = {"state": "coming", "holder": "an upload"}
    files = await in_thread(lambda: [have_file(room, BOB, name=WORD, **how) for how in (checked, coming, {})])
    await ask_for()
    await carry_out(eraser)
    assert (await in_thread(Erasure.objects.get)).state == "done"
    left = await in_thread(lambda: [(one.pk, one.state, one.uploader_id, one.name) for one in File.objects.all()])
    assert left == [(file.pk, "gone", None, "") for file in files[:2]]
    assert (await in_thread(finish, file_id=files[0].pk, holder="a checker", outcome=Outcome())).is_gone
    await in_thread(lambda: Room.objects.filter(pk=room.pk).delete())
    await in_thread(mend_some, after=0, now=now)
    assert (await in_thread(end_due, now=now + timedelta(minutes=50))).removed == {}
    over = await in_thread(end_due, now=now + BUSY_FOR + timedelta(minutes=1))
    assert set(over.removed) == {file.pk for file in files[:2]}


async def test_a_hold_that_comes_when_the_words_are_gone_keeps_the_files_that_are_still_there(
    eraser: Eraser, room: Room
) -> None:
    await in_thread(say, room, WORD, sender_id=BOB)
    file = await in_thread(have_file, room, BOB, seq=1, name="사진.jpg")
    await ask_for()
    while await in_thread(Message.objects.filter(contents=WORD).exists):
        await soon(eraser.step())
    held = await in_thread(lambda: LegalHold.objects.create(member_id=BOB, reason="수사", **HOLD))
    await carry_out(eraser)
    record = await in_thread(HeldRecord.objects.get)
    assert (record.kind, record.member_id, record.seq) == ("file", BOB, 1)
    assert (number_of_file(record.contents), json.loads(record.contents)["name"]) == (file.pk, "사진.jpg")
    assert await in_thread(end_due, now=timezone.now()) == Ending({}, {}, frozenset())
    await in_thread(end_some_records, now=held.until)
    assert list((await in_thread(end_due, now=held.until)).removed) == [file.pk]


async def test_nothing_is_left_of_what_the_word_filter_found(eraser: Eraser, room: Room) -> None:
    """Neither in its reports nor in the log, which nobody changes."""
    flagged = Verdict("flag", "filter", 1, f"젠.{WORD}.장")
    await in_thread(say, room, f"젠.{WORD}.장", sender_id=BOB, verdict=flagged)
    await in_thread(lambda: report_by_filter(room_id=room.pk, seq=1, found=flagged.matched, now=NOW))
    assert await in_thread(AuditEntry.objects.filter(act="filter_flag").exists)
    await ask_for()
    await carry_out(eraser)
    assert await in_thread(holding, WORD) == set()


async def test_a_hold_has_what_evidence_alone_still_says(eraser: Eraser, room: Room) -> None:
    """The message was reported, deleted, and emptied long before the order came."""
    await in_thread(say, room, WORD, sender_id=BOB)
    await in_thread(report, room, by=ALICE, seq=1)
    await in_thread(lambda: Message.objects.update(contents="", deleted_at=NOW))
    await in_thread(lambda: LegalHold.objects.create(member_id=BOB, reason="수사", **HOLD))
    await ask_for()
    await carry_out(eraser)
    assert await in_thread(holding, WORD) == {"chat_held_records.contents"}


@pytest.mark.parametrize("counts", ["{}", '{"_signatures": 99}'], ids=["", "and some of it came late"])
async def test_signatures_are_those_of_what_is_said_by_then(
    eraser: Eraser, room: Room, tmp_path: Path, counts: str
) -> None:
    await in_thread(leave_traces, room, tmp_path)
    await in_thread(fill_a_chunk)
    await ask_for()
    await in_thread(lambda: Erasure.objects.update(counts=counts))
    await carry_out(eraser)
    assert await in_thread(_signatures) == await in_thread(_made_anew)


async def test_it_ends_while_others_make_signatures_stale(eraser: Eraser, room: Room) -> None:
    """As what deletes old messages does; each of its steps has signatures made anew that were just made."""
    await in_thread(progress)
    await in_thread(say, room, WORD, sender_id=BOB)
    await in_thread(fill_a_chunk)
    before = await in_thread(_signatures)
    await ask_for()
    steps = 0
    while (await in_thread(Erasure.objects.get)).state != "done":
        await in_thread(_make_stale, {chunk for chunk, *_rest in before})
        await soon(eraser.step())
        steps += 1
        assert steps < 30
    assert before != await in_thread(_signatures) == await in_thread(_made_anew)


def _signatures() -> list[tuple[int, int, bytes]]:
    rows = SearchSignature.objects.order_by("chunk", "slice").values_list("chunk", "slice", "prints")
    return [(chunk, slice_, bytes(prints)) for chunk, slice_, prints in rows]


def _made_anew() -> list[tuple[int, int, bytes]]:
    chunks = SearchSignature.objects.values_list("chunk", flat=True).distinct().order_by("chunk")
    _make_stale(chunks)
    while index_newer(now=timezone.now()):
        pass
    return _signatures()


def _make_stale(chunks: Iterable[int]) -> None:
    SearchStale.objects.bulk_create([SearchStale(chunk=one) for one in chunks], ignore_conflicts=True)
