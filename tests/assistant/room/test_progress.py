"""What a room is shown of an answer that comes: whole, in order, to late comers too, whatever gets lost."""

import asyncio
import json
from typing import Any

import pytest

from assistant.room import progress
from assistant.room.progress import SILENT_AFTER_S, Progress, Screen, Step, Stop, decode_words, encode_words
from messaging.wire.protocol import AssistantProgress, encode
from tests.assistant.conftest import TIMEOUT_S

ROOM, RUN, OTHER = 42, "0190a3c47b1e7cc29f000123456789ab", "1" * 32
WIRE_RUN, WIRE_OTHER = "0190a3c4-7b1e-7cc2-9f00-0123456789ab", "11111111-1111-1111-1111-111111111111"
ALICE = 7


class Viewer:
    """A process whose clock stands still, and what its listeners see of the room."""

    def __init__(self) -> None:
        self.now = 0.0
        self.frames: list[AssistantProgress] = []
        self.progress = Progress(tell=lambda _room, frame: self.frames.append(frame), clock=lambda: self.now)

    def take(self, state: Any, offset: int = 0, text: str = "", run_id: str = RUN) -> None:
        self.progress.take(ROOM, Step(run_id, ALICE, state, offset, text))

    @property
    def states(self) -> list[str]:
        return [frame.state for frame in self.frames]

    def read(self) -> str:
        """What a client makes of the frames."""
        text = ""
        for frame in self.frames:
            if frame.state == "writing":
                assert frame.offset is not None
                assert frame.text
                assert frame.offset <= len(text), "a hole"
                text = text[: frame.offset] + frame.text
        return text


@pytest.fixture
def viewer() -> Viewer:
    return Viewer()


def test_listeners_see_each_step(viewer: Viewer) -> None:
    viewer.take("thinking")
    viewer.take("writing", 0, "안녕")
    viewer.take("writing", 2, "하세요")
    viewer.take("done")
    assert [json.loads(encode(frame)) for frame in viewer.frames] == [
        {"type": "assistant", "roomId": ROOM, "runId": WIRE_RUN, "state": "thinking", "askedBy": ALICE},
        {
            "type": "assistant",
            "roomId": ROOM,
            "runId": WIRE_RUN,
            "state": "writing",
            "offset": 0,
            "text": "안녕",
            "askedBy": ALICE,
        },
        {
            "type": "assistant",
            "roomId": ROOM,
            "runId": WIRE_RUN,
            "state": "writing",
            "offset": 2,
            "text": "하세요",
        },
        {"type": "assistant", "roomId": ROOM, "runId": WIRE_RUN, "state": "done", "askedBy": ALICE},
    ]


def test_offsets_count_characters_not_bytes(viewer: Viewer) -> None:
    viewer.take("writing", 0, "🍣👨‍👩‍👧")
    viewer.take("writing", 6, "!")
    assert viewer.read() == "🍣👨‍👩‍👧!"


def test_who_comes_in_the_middle_is_shown_all_there_is(viewer: Viewer) -> None:
    assert viewer.progress.shown(ROOM) is None
    viewer.take("thinking")
    shown = json.loads(viewer.progress.shown(ROOM) or b"")
    assert (shown["state"], shown["askedBy"], shown["runId"]) == ("thinking", ALICE, WIRE_RUN)
    viewer.take("writing", 0, "안녕")
    viewer.take("writing", 2, "하세요")
    shown = json.loads(viewer.progress.shown(ROOM) or b"")
    assert (shown["state"], shown["offset"], shown["text"]) == ("writing", 0, "안녕하세요")
    assert viewer.progress.shown(ROOM + 1) is None
    viewer.take("done")
    assert viewer.progress.shown(ROOM) is None


def test_a_lost_step_leaves_no_hole_and_the_whole_text_mends_it(viewer: Viewer) -> None:
    viewer.take("writing", 0, "하나 ")
    viewer.take("writing", 5, "셋 ")  # what stood at 3 was lost
    assert viewer.read() == "하나 "
    viewer.take("writing", 0, "하나 둘 셋 ")
    viewer.take("writing", 7, "넷")
    assert viewer.read() == "하나 둘 셋 넷"


def test_what_is_repeated_is_shown_once(viewer: Viewer) -> None:
    for _ in range(2):
        viewer.take("thinking")
    for _ in range(2):
        viewer.take("writing", 0, "안녕")
    assert viewer.states == ["thinking", "writing"]


def test_a_process_that_just_started_is_told_by_the_next_whole_text(viewer: Viewer) -> None:
    viewer.take("writing", 40, "…")
    assert viewer.frames == []
    viewer.take("writing", 0, "전부 다")
    assert viewer.read() == "전부 다"


def test_the_next_answer_begins_anew(viewer: Viewer) -> None:
    viewer.take("writing", 0, "처음 답")
    viewer.take("thinking", run_id=OTHER)
    viewer.take("writing", 0, "다음", run_id=OTHER)
    assert [frame.offset for frame in viewer.frames] == [0, None, 0]


def test_a_late_end_of_the_answer_before_takes_nothing_away(viewer: Viewer) -> None:
    viewer.take("thinking", run_id=OTHER)
    viewer.take("writing", 0, "다음")
    viewer.take("failed", run_id=OTHER)
    viewer.take("writing", 2, " 답")
    assert viewer.read() == "다음 답"


@pytest.fixture
def silent(viewer: Viewer) -> Viewer:
    """Of its answer nothing is heard any more."""
    viewer.take("writing", 0, "안녕")
    viewer.now = SILENT_AFTER_S
    assert viewer.progress.silent() == []
    viewer.take("writing", 0, "안녕")  # a heartbeat
    viewer.now += SILENT_AFTER_S + 1
    assert viewer.progress.silent() == [RUN]
    return viewer


def test_an_answer_of_which_nothing_is_heard_is_not_shown_to_who_comes(silent: Viewer) -> None:
    assert silent.progress.shown(ROOM) is None


def test_an_answer_that_fell_silent_is_looked_for_until_the_record_has_its_end(silent: Viewer) -> None:
    silent.progress.resolve([RUN], {RUN: None})
    assert silent.states == ["writing"]
    assert silent.progress.silent() == [RUN]
    silent.progress.resolve([RUN], {RUN: "stopped"})
    assert silent.states == ["writing", "stopped"]
    assert silent.progress.silent() == []


def test_an_answer_that_went_with_its_room_is_forgotten(silent: Viewer) -> None:
    silent.progress.resolve([RUN], {})
    assert silent.states == ["writing"]
    assert silent.progress.silent() == []


def test_an_answer_whose_end_was_lost_before_the_next_one_began_is_looked_for_at_once(viewer: Viewer) -> None:
    viewer.take("writing", 0, "안녕")
    viewer.take("thinking", run_id=OTHER)
    assert viewer.progress.silent() == [RUN]
    viewer.progress.resolve([RUN], {RUN: "failed"})
    assert [(frame.state, frame.run_id) for frame in viewer.frames] == [
        ("writing", WIRE_RUN),
        ("thinking", WIRE_OTHER),
        ("failed", WIRE_RUN),
    ]
    assert json.loads(viewer.progress.shown(ROOM) or b"")["runId"] == WIRE_OTHER


def test_what_its_process_still_says_of_an_older_answer_takes_nothing_from_the_next(viewer: Viewer) -> None:
    viewer.take("writing", 0, "안녕")
    viewer.take("writing", 0, "다음", run_id=OTHER)
    viewer.take("writing", 2, "하세요")
    assert json.loads(viewer.progress.shown(ROOM) or b"")["text"] == "다음"


def test_an_end_that_was_heard_while_the_record_was_read_is_told_once(silent: Viewer) -> None:
    silent.take("done")
    silent.progress.resolve([RUN], {RUN: "done"})
    assert silent.states == ["writing", "done"]


@pytest.mark.parametrize("words", [Step(RUN, ALICE, "writing", 3, "네"), Step(RUN, ALICE, "done"), Stop(RUN)])
def test_processes_understand_each_other(words: Step | Stop) -> None:
    assert decode_words(encode_words(words)) == words


# --- the pace


class Reel:
    """What a screen brings out."""

    def __init__(self) -> None:
        self.steps: list[Step] = []
        self.news = asyncio.Event()
        self.screen = Screen(run_id=RUN, asked_by=ALICE, bring_out=self.take)

    def take(self, step: Step) -> None:
        self.steps.append(step)
        self.news.set()

    async def until(self, how_many: int) -> None:
        async with asyncio.timeout(TIMEOUT_S):
            while len(self.steps) < how_many:
                self.news.clear()
                await self.news.wait()

    @property
    def written(self) -> list[tuple[int, str]]:
        return [(step.offset, step.text) for step in self.steps if step.state == "writing"]


async def test_the_first_word_comes_at_once_and_the_rest_in_a_calm_pace() -> None:
    reel = Reel()
    reel.screen.think()
    started = asyncio.get_running_loop().time()
    for letter in "안녕하세요":
        reel.screen.write(letter)
    assert reel.written == [(0, "안")]
    await reel.until(3)
    assert reel.written == [(0, "안"), (1, "녕하세요")]
    assert asyncio.get_running_loop().time() - started >= progress.DELTA_INTERVAL_S * 0.9
    reel.screen.end("done")
    assert [step.state for step in reel.steps] == ["thinking", "writing", "writing", "done"]


async def test_the_end_leaves_nothing_out_and_comes_once() -> None:
    reel = Reel()
    for text in ("하나", " 둘", ""):
        reel.screen.write(text)
    reel.screen.end("done")
    reel.screen.end("failed")
    reel.screen.repeat()
    assert [(step.state, step.text) for step in reel.steps] == [
        ("writing", "하나"),
        ("writing", " 둘"),
        ("done", ""),
    ]


async def test_what_is_taken_back_is_not_shown_first() -> None:
    reel = Reel()
    for text in ("나쁜", " 말"):
        reel.screen.write(text)
    reel.screen.end("blocked")
    assert reel.written == [(0, "나쁜")]


async def test_a_heartbeat_repeats_what_was_shown() -> None:
    reel = Reel()
    reel.screen.repeat()
    reel.screen.write("하나")
    reel.screen.write(" 둘")
    reel.screen.repeat()
    assert [(step.state, step.text) for step in reel.steps] == [
        ("thinking", ""),
        ("writing", "하나"),
        ("writing", "하나"),
    ]
    reel.screen.end("done")
