"""What this process can say of a message and a member's sockets, from memory alone. No I/O, no await."""

import time
from collections.abc import Callable, Iterable

from messaging.delivery.diary import Announced, LetOut
from messaging.delivery.hub import Hub
from messaging.delivery.relay import Relay
from messaging.delivery.sessions import NEVER, Session
from messaging.inquiry.handing import Course, Sought, courses_of, handed_by, past_socket
from messaging.inquiry.questions import Answer, Notified, Question, Socket, Stream
from messaging.push.notes import Notes

PAST_SOCKETS_MOST = 20  # of one member at one process, the newest
UNREAD_ENDS_WITHIN_S = 60.0  # a socket whose other end reads nothing: it answers no pings


class Witness:
    """One per process. `notes` are those of its notifications, None where it makes none."""

    def __init__(self, *, hub: Hub, relay: Relay, notes: Callable[[], Notes | None]) -> None:
        self._hub, self._relay, self._notes = hub, relay, notes

    def answer(self, question: Question) -> Answer:
        hub, room_id = self._hub, question.room_id
        diary = hub.diary
        announced = diary.when_announced(room_id, question.seq)
        let_out = diary.when_let_out(room_id, question.seq)
        stream = self._stream(room_id)
        version = _version(question, [one for one in (announced, let_out) if one is not None])
        reached = stream.version if stream is not None and stream.version is not None else -1
        started_at = stream.started_at if stream is not None else 0
        sought = Sought(room_id, version, let_out, let_out is not None or started_at < version <= reached)
        return Answer(
            question_id=question.question_id,
            process=self._relay.own_name(room_id),
            remembers_since=max(diary.told_since(), diary.moves_since()),
            announced=announced,
            let_out=let_out,
            stream=stream,
            sockets=tuple(self._sockets(question, sought)),
            notified=tuple(self._notified(question)),
            company=self._relay.company(room_id),
            is_layer_up=self._relay.is_up,
        )

    def _stream(self, room_id: int) -> Stream | None:
        if (audience := self._hub.rooms.get(room_id)) is None:
            return None
        stream = audience.stream
        lacks_roster = "roster" if stream.lacks_roster else ""
        return Stream(
            version=stream.version,
            started_at=stream.started_at,
            waiting=len(stream.waiting),
            lacks="changes" if stream.lacks_changes else lacks_roster,  # type: ignore[arg-type]
            listeners=len(audience.sessions) + len(audience.joining),
            inboxes=0 if audience.inbox is None else len(audience.inbox.sessions),
        )

    def _sockets(self, question: Question, sought: Sought) -> Iterable[Socket]:
        courses = courses_of(self._hub.diary.moves_of(question.member_id), question.room_id)
        now = time.monotonic()
        for session in sorted(self._hub.sessions_of(question.member_id), key=lambda one: one.number):
            course = courses.pop(session.number, None)
            yield self._open_socket(session, course, sought, now)
        past = [course for course in courses.values() if course.went_at is not None]
        yield from (past_socket(course, sought) for course in past[-PAST_SOCKETS_MOST:])

    def _open_socket(self, session: Session, course: Course | None, sought: Sought, now: float) -> Socket:
        audience = self._hub.rooms.get(sought.room_id)
        if audience is not None and session in audience.sessions:
            place = "listens"
        elif audience is not None and session in audience.joining:
            place = "joins"
        else:
            place = "inbox" if session.hears_by_inbox(sought.room_id) else ""
        course = course or Course(session.number, None, None, None, (), None)
        handed, handed_at = handed_by(course, sought)
        if not handed and not course.hearings and place == "listens" and sought.gone_out:
            handed = "maybe"  # since when it listens is forgotten
        unsent_bytes = session.sink.backlog()
        is_late = handed_at is not None and time.time() - handed_at < UNREAD_ENDS_WITHIN_S
        return Socket(
            number=session.number,
            came_at=session.came_at or None,
            is_v1=session.is_v1,
            place=place,  # type: ignore[arg-type]
            known=audience.stream.version if audience is not None and place in ("listens", "inbox") else None,
            unsent_bytes=unsent_bytes,
            may_wait=unsent_bytes > 0 and is_late,
            looks=session.looks,
            quiet_s=None if session.looked_at == NEVER else round(now - session.looked_at, 1),
            handed=handed,
            handed_at=handed_at,
        )

    def _notified(self, question: Question) -> Iterable[Notified]:
        if (notes := self._notes()) is None:
            return ()
        return [
            Notified(at=note.at, what=note.what, detail=note.detail)
            for note in notes.of(question.member_id, question.room_id, question.seq)
        ]


def _version(question: Question, rows: Iterable[Announced | LetOut]) -> int:
    """The change by which it was said, where that is remembered; else its last one."""
    return min([question.version, *(row.version + question.seq - row.seq for row in rows)])
