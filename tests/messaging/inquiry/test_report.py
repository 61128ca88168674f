"""The evidence in lines, and all of it as JSON."""

import json

import msgspec
import pytest
from django.utils import translation

from messaging.delivery.diary import Announced, LetOut
from messaging.inquiry.facts import EventFacts
from messaging.inquiry.inquiries import Heard
from messaging.inquiry.questions import Answer, Notified, Socket, Stream
from messaging.inquiry.report import report_of
from tests.messaging.inquiry.test_verdict import AT, FACTS, REMOVED, facts, placed

EVENT = EventFacts(
    event_id=9,
    endpoint="main",
    kind="message",
    state="waiting",
    attempts=3,
    sent_at=None,
    due_at=None,
    last_status=500,
    last_error="500",
)
FULL = Answer(
    question_id="1",
    process="a.1.b",
    remembers_since=0.0,
    announced=Announced(1.0, 1, 5, 5, 1, batch=7, size=3, processes=("c.2.d",)),
    let_out=LetOut(1.0, 1, 5, 5, 1, listeners=2, inboxes=1),
    stream=Stream(version=4, started_at=0, waiting=2, lacks="roster", listeners=2, inboxes=1),
    sockets=(
        Socket(
            number=1,
            came_at=1.0,
            place="listens",
            known=4,
            unsent_bytes=10,
            may_wait=True,
            quiet_s=4.2,
            handed="live",
        ),
        Socket(number=2, came_at=None, went_at=3.0, closed_with=4408),
        Socket(number=3, came_at=None, looks=True),
    ),
    notified=(Notified(at=1.0, what="failed", detail="no answer"),),
)
HEARD = Heard((FULL, msgspec.structs.replace(FULL, process="c.2.d", sockets=())), {"e.3.f": 12.3}, True)


@pytest.mark.parametrize(
    "words",
    [
        "stored it at 1970-01-01 09:00:01 in its batch 7 of 3",
        "told at once: c.2.d",
        "let it out at 1970-01-01 09:00:01 to 2 listeners and 1 inboxes",
        "2 changes wait for a check of who is in the room",
        "was handed all up to change 4; 10 bytes unsent; last did something 4 s ago; handed it live",
        "socket 2; ended 1970-01-01 09:00:03 (4408); was not handed it",
        "does not hear of the room; 0 bytes unsent; somebody looks at it",
        "notification at 1970-01-01 09:00:01: the push service did not take it (no answer)",
        "e.3.f (last heard 12 s ago)",
        "has no socket of theirs",
        "9 message → main: waiting, 3 tries (500)",
        "since after message 1; has read up to 2",
        "2026-11-30 12:00:00 removed from the room (holds)",
    ],
)
def test_each_fact_has_its_line(words: str) -> None:
    known = facts(events=(EVENT,), sanctions=(msgspec.structs.replace(REMOVED, what="remove"),))
    with translation.override("en"):
        lines = report_of(known, HEARD).lines
    assert any(words in line.says for line in lines), "\n".join(line.says for line in lines)


def test_of_what_is_not_known_there_is_no_line() -> None:
    with translation.override("en"):
        said = {line.about: line.says for line in report_of(facts(place=None, message=None), None).lines}
        muted = {line.about: line.says for line in report_of(placed(muted_until=AT), None).lines}
    assert (said["in the room"], "stored" in said) == ("no", False)
    assert muted["muted"].startswith("until 2026-11-30 12:00:00")
    assert muted["main server"] == "no endpoint is told of messages"


def test_scripts_get_all_of_it() -> None:
    found = json.loads(json.dumps(report_of(FACTS, HEARD).as_json()))
    assert (found["outcome"], found["because"]) == ("not", "slow-reader")
    assert found["facts"]["message"]["created_at"].startswith("2026-11-30T03:00:00")
    assert found["processes"]["silent"] == {"e.3.f": 12.3}
    assert report_of(FACTS, None).as_json()["processes"] is None
