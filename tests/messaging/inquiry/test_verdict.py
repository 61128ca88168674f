"""The sentence that comes of the facts and of what processes answer. Bob (2) asks after Alice's message 5."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from django.utils import translation

from messaging.inquiry.facts import Facts, Happening, MessageFacts, PlaceFacts
from messaging.inquiry.inquiries import Heard
from messaging.inquiry.questions import Answer, Notified, Socket
from messaging.inquiry.verdict import EXIT_CODES, judge
from tests.factories import ALICE, BOB

AT = datetime(2026, 11, 30, 3, tzinfo=UTC)
SAID = MessageFacts(
    version=5,
    kind="member",
    sender_id=ALICE,
    created_at=AT,
    edited_at=None,
    deleted_at=None,
    hidden_at=None,
    mentions_member=False,
    mentions_all=False,
)
PLACE = PlaceFacts(joined_seq=1, read_seq=2, notify="all", role="member", muted_until=None, hidden_seq=None)
READ = msgspec.structs.replace(PLACE, read_seq=9)
FACTS = Facts(
    room_id=1,
    seq=5,
    member_id=BOB,
    is_member_known=True,
    is_room_known=True,
    last_seq=9,
    first_seq=2,
    message=SAID,
    place=PLACE,
    browsers=1,
)
OPEN = Socket(number=1, came_at=1.0, place="listens", known=5)
OUT_OF_IT = Socket(number=1, came_at=1.0)


def facts(**changed: Any) -> Facts:
    return msgspec.structs.replace(FACTS, **changed)


def said(**changed: Any) -> Facts:
    return facts(message=msgspec.structs.replace(SAID, **changed))


def placed(**changed: Any) -> Facts:
    return facts(place=msgspec.structs.replace(PLACE, **changed))


def heard(
    *sockets: Socket, notified: tuple[str, ...] = (), silent: tuple[str, ...] = (), up: bool = True
) -> Heard:
    notes = tuple(Notified(at=1.0, what=what) for what in notified)
    answer = Answer(question_id="1", process="a.1.b", remembers_since=0.0, sockets=sockets, notified=notes)
    return Heard((answer,), dict.fromkeys(silent, 9.0), up)


def handed(how: Any, **more: Any) -> Heard:
    return heard(msgspec.structs.replace(OPEN, handed=how, **more))


REMOVED = Happening(at=AT, what="remove")

CASES: list[tuple[Facts, Heard | None, str, str]] = [
    (facts(is_room_known=False), heard(), "unknown", "no-room"),
    (facts(is_member_known=False), heard(), "unknown", "no-member"),
    (facts(message=None, seq=10), heard(), "not", "not-stored"),
    (facts(message=None, seq=1), heard(), "unknown", "no-longer-kept"),
    (facts(message=None), heard(), "unknown", "no-message"),
    (placed(read_seq=5), heard(), "delivered", "read"),
    (placed(read_seq=5, joined_seq=5), heard(), "not", "came-later"),
    (facts(place=READ, has_only_spoken=True), heard(), "not", "away"),
    (facts(), handed("live"), "delivered", "handed"),
    (facts(), handed("replay"), "delivered", "handed"),
    (facts(), handed("inbox", handed_at=1.0), "delivered", "inbox"),
    (facts(place=None), handed("inbox", handed_at=1.0), "not", "not-in-room"),
    (facts(), handed("live", unsent_bytes=9, may_wait=True), "not", "slow-reader"),
    (facts(), handed("live", unsent_bytes=9), "delivered", "handed"),
    (facts(), handed("history"), "delivered", "history"),
    (facts(), handed("history", went_at=2.0), "unknown", "forgotten"),
    (facts(), handed("", known=4), "not", "behind"),
    (facts(), handed("", place="joins", known=None), "not", "joining"),
    (facts(), handed("maybe"), "unknown", "forgotten"),
    (facts(), heard(OUT_OF_IT), "not", "not-listening"),
    (facts(place=None), heard(OUT_OF_IT), "not", "not-in-room"),
    (facts(place=None, sanctions=(REMOVED,)), heard(), "not", "removed"),
    (said(deleted_at=AT), heard(), "not", "deleted"),
    (said(hidden_at=AT), heard(), "not", "hidden"),
    (facts(), None, "unknown", "not-asked"),
    (facts(), heard(up=False), "unknown", "redis-away"),
    (facts(), heard(silent=("b.2.c",)), "unknown", "silent"),
    (facts(), Heard((), {}, True), "unknown", "nobody"),
    (facts(), heard(), "not", "away"),
]


@pytest.mark.parametrize(("known", "answers", "outcome", "because"), CASES, ids=[case[3] for case in CASES])
def test_each_case_has_its_verdict(known: Facts, answers: Heard | None, outcome: str, because: str) -> None:
    verdict = judge(known, answers)
    assert (verdict.outcome, verdict.because) == (outcome, because)
    assert verdict.says
    assert verdict.outcome in EXIT_CODES


@pytest.mark.parametrize(
    ("known", "notified", "words"),
    [
        (facts(), ("looked", "sent"), "A notification was sent."),
        (facts(), ("failed",), "did not take it"),
        (facts(browsers=0), (), "in any browser"),
        (placed(notify="none"), (), "want no notifications"),
        (placed(notify="mentions"), (), "mentions and keywords only"),
        (facts(blocks_author=True), (), "They block its author"),
        (facts(), (), "nothing is remembered"),
    ],
)
def test_of_who_is_away_it_says_whether_they_were_notified(
    known: Facts, notified: tuple[str, ...], words: str
) -> None:
    with translation.override("en"):
        assert words in judge(known, heard(notified=notified)).says


def test_what_got_there_may_be_folded_away_all_the_same() -> None:
    with translation.override("en"):
        assert "folds it away" in judge(facts(blocks_author=True), handed("live")).says
        assert "deleted" in judge(said(deleted_at=AT), handed("live")).says


def test_it_speaks_korean() -> None:
    with translation.override("ko"):
        assert judge(facts(), handed("live")).says.startswith("전달됐어요")
        assert "방에 없었어요" in judge(placed(joined_seq=7), heard()).says
