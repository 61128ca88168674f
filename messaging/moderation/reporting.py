"""A member reports something: the evidence is kept, a case is opened or joined. Deciding is elsewhere.

One open case for each message, member or room, by the database: `open_key` is unique and gone once it is decided.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.db import IntegrityError, transaction

from chatproject.errors import InvalidInput, MemberNotFound, MessageDeleted, MessageNotFound
from chatproject.outgoing.recording import Event, record
from chatproject.room_errors import MessageHidden
from chatproject.text import is_encodable
from chatproject.transactions import in_one_transaction
from messaging.models import Message
from messaging.moderation import evidence
from messaging.moderation.concerns import raise_from_report
from messaging.moderation.evidence import Evidence
from messaging.moderation.reasons import URGENT, Reason, due_after
from messaging.moderation.slowing import require_turn
from messaging.moderation_models import Case, Report
from rooms.models import Member, Participant, Room, shown_nickname
from rooms.selectors import require_participant

RACES_MOST = 10  # that another one opened or decided the case meanwhile


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What a member says: about a message (`seq`), a member, or, with neither, the room."""

    room_id: int
    seq: int | None = None
    member_id: int | None = None
    reason: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """What a case is about, and what is kept of it."""

    kind: str
    room: Room
    seq: int | None
    member: Member | None
    keep: Callable[[], Evidence]

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.room.pk}:{self.seq or (self.member and self.member.pk) or 0}"


@in_one_transaction
def report(*, reporter_id: int, complaint: Complaint, now: datetime) -> tuple[Report, bool]:
    """The report as it is kept, and whether it is new: of who reports the same again, while it is open, the first.

    Raises RoomNotFound, NotInRoom, MessageNotFound, MessageDeleted, MessageHidden, MemberNotFound, InvalidInput,
    and TooManyRequests for whom staff slowed.
    """
    if "\x00" in complaint.words or not is_encodable(complaint.words):
        raise InvalidInput
    subject = _subject_of(complaint, reporter_id)
    _lock(subject.room)
    case = _open_case(subject, reason=complaint.reason, now=now)
    if complaint.reason == Reason.SELF_HARM:  # also by who reported something else of it before
        member_id = None if subject.member is None else subject.member.pk
        raise_from_report(room_id=subject.room.pk, member_id=member_id, seq=subject.seq, now=now)
    known = case.reports.filter(reporter_id=reporter_id).first()
    if known is not None:
        return known, False
    if complaint.reason != Reason.SELF_HARM:  # nobody waits who worries about somebody
        require_turn(member_id=reporter_id, now=now)
    made = Report.objects.create(
        case=case,
        reporter_id=reporter_id,
        reason=complaint.reason,
        words=complaint.words,
        evidence=evidence.encode(subject.keep()),
        made_at=now,
    )
    _record(made, subject)
    return made, True


@in_one_transaction
def report_by_filter(*, room_id: int, seq: int, found: str, now: datetime) -> None:
    """A case of a message that the word filter flags; fine where it is gone, or has been flagged before."""
    message = Message.objects.filter(room_id=room_id, seq=seq).select_related("room", "sender").first()
    if message is None:
        return
    keep = partial(evidence.around, message.room, seq)
    subject = Subject(Case.Subject.MESSAGE, message.room, seq, message.sender, keep)
    _lock(subject.room)
    case = _open_case(subject, reason=Reason.OTHER, now=now)
    if not case.reports.filter(source=Report.Source.FILTER).exists():
        made = case.reports.create(
            source=Report.Source.FILTER,
            reason=Reason.OTHER,
            words=found,
            evidence=evidence.encode(keep()),
            made_at=now,
        )
        _record(made, subject)


def _lock(room: Room) -> None:
    """Before the case's row, as whoever decides the case does: events of a room are recorded one after another."""
    Room.objects.select_for_update().filter(pk=room.pk).first()


def _record(made: Report, subject: Subject) -> None:
    record(Event("report", subject.room.pk, subject.seq, details={"reportId": made.pk}))


def _open_case(subject: Subject, *, reason: str, now: datetime) -> Case:
    """The subject's open case, locked; made where there is none. What is urgent makes it urgent."""
    due_at = now + due_after(reason)
    for _race in range(RACES_MOST):
        case = Case.objects.select_for_update().filter(open_key=subject.key).first()
        if case is None:
            case = _make_case(subject, reason=reason, due_at=due_at, now=now)
        if case is not None:
            break
    else:
        raise IntegrityError(subject.key)
    if due_at < case.due_at or (reason in URGENT and not case.is_urgent):
        case.due_at, case.is_urgent = min(due_at, case.due_at), case.is_urgent or reason in URGENT
        case.save(update_fields=["due_at", "is_urgent"])
    return case


def _make_case(subject: Subject, *, reason: str, due_at: datetime, now: datetime) -> Case | None:
    """None where another one did at the same moment."""
    member = subject.member
    try:
        with transaction.atomic():
            return Case.objects.create(
                subject=subject.kind,
                room_id=subject.room.pk,
                room_name=subject.room.name or "",
                seq=subject.seq,
                member_id=None if member is None else member.pk,
                member_name=shown_nickname(member.nickname, member_id=member.pk) if member else "",
                open_key=subject.key,
                is_for_staff=_is_for_staff(subject),
                is_urgent=reason in URGENT,
                opened_at=now,
                due_at=due_at,
            )
    except IntegrityError:
        return None


def _is_for_staff(subject: Subject) -> bool:
    """Private rooms have no managers, and nobody judges their own room or its owner."""
    if subject.kind == Case.Subject.ROOM or not subject.room.is_group_chat:
        return True
    place = (
        Participant.objects.filter(room=subject.room, member=subject.member).first() if subject.member else None
    )
    return place is not None and place.role == Participant.Role.OWNER


def _subject_of(complaint: Complaint, reporter_id: int) -> Subject:
    if complaint.seq is not None and complaint.member_id is not None:
        raise InvalidInput
    room = require_participant(room_id=complaint.room_id, member_id=reporter_id).room
    if complaint.seq is not None:
        return _message(room, complaint.seq, reporter_id)
    if complaint.member_id is not None:
        return _member(room, complaint.member_id, reporter_id)
    return Subject(Case.Subject.ROOM, room, None, None, lambda: evidence.of_room(room))


def _message(room: Room, seq: int, reporter_id: int) -> Subject:
    message = Message.objects.filter(room=room, seq=seq).select_related("sender").first()
    if message is None or message.kind == Message.Kind.NOTICE:
        raise MessageNotFound
    if message.deleted_at is not None:
        raise MessageDeleted
    if message.hidden_at is not None:
        raise MessageHidden
    if message.sender_id == reporter_id:
        raise InvalidInput
    return Subject(Case.Subject.MESSAGE, room, seq, message.sender, lambda: evidence.around(room, seq))


def _member(room: Room, member_id: int, reporter_id: int) -> Subject:
    """Who is in the room, or has said something there."""
    if member_id == reporter_id:
        raise InvalidInput
    member = Member.objects.filter(pk=member_id).first()
    is_there = Participant.objects.filter(room=room, member_id=member_id).exists()
    if member is None or not (is_there or Message.objects.filter(room=room, sender_id=member_id).exists()):
        raise MemberNotFound
    return Subject(Case.Subject.MEMBER, room, None, member, lambda: evidence.of_member(room, member_id))
