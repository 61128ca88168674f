"""Who may need help: what was noticed, who is told of it, and what became of it. Tells nobody, stores no message.

What a message raises is stored with it, see `messaging.store.concerning`; everything else is in here.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.db.models import Q, QuerySet

from chatproject.outgoing.recording import Event, record
from messaging.care_models import Concern
from rooms.models import Participant

STEPS_BACK_FOR = timedelta(hours=24)  # then somebody else has answered, or the assistant may again
CONCERNS_MAX = 200  # of one list

State = Concern.State
Source = Concern.Source


@dataclass(frozen=True, slots=True)
class Raised:
    """A concern, and those members who are to hear of it: managers, never who it is about."""

    concern_id: int
    room_id: int
    source: Literal["words", "report", "assistant", "failure"]
    seq: int | None
    member_id: int | None
    manager_ids: tuple[int, ...]

    @property
    def has_card(self) -> bool:
        """Whether who it is about is shown where people help; a failed look says nothing about anybody."""
        return self.member_id is not None and self.source != "failure"


@dataclass(frozen=True, slots=True)
class News:
    """What was raised lately, the oldest first, and how many concerns nobody has looked at, in all rooms."""

    raised: list[Raised]
    open_count: int


# --- raising


def raise_from_report(*, room_id: int, member_id: int | None, seq: int | None, now: datetime) -> int:
    """The number of the concern about what somebody reported with the reason `self_harm`, in whatever room.

    One that is not closed is not raised again. In the caller's transaction, which holds the room's lock; after it,
    for the sockets, `server.care.tell(room_id, "report")`.
    """
    return _raise(Source.REPORT, room_id=room_id, member_id=member_id, seq=seq, now=now)


def raise_from_assistant(*, room_id: int, member_id: int | None, seq: int | None, now: datetime) -> int:
    """The same about a question that the model would not answer for safety reasons."""
    return _raise(Source.ASSISTANT, room_id=room_id, member_id=member_id, seq=seq, now=now)


def _raise(
    source: str,
    *,
    room_id: int,
    member_id: int | None,
    seq: int | None,
    now: datetime,
    signal_id: int | None = None,
) -> int:
    about = {"room_id": room_id, "member_id": member_id, "seq": seq, "source": source}
    known = Concern.objects.filter(**about).exclude(state=State.CLOSED).order_by("pk").first()
    if known is not None:
        return known.pk
    made = Concern.objects.create(**about, signal_id=signal_id, raised_at=now)
    record(concern_event(made.pk, room_id, source))
    return made.pk


def concern_event(concern_id: int, room_id: int, source: str) -> Event:
    """That it was raised, for the main server: not about whom."""
    return Event("concern", room_id, details={"concernId": concern_id, "source": str(source)})


# --- who hears of it


def newest_concern_id(*, before: datetime) -> int:
    """Of those raised before then; 0 where there is none."""
    older = Concern.objects.filter(raised_at__lt=before).order_by("-pk")
    return older.values_list("pk", flat=True).first() or 0


def raised_since(*, concern_id: int) -> News:
    """What was raised after that concern, by number."""
    new = Concern.objects.filter(pk__gt=concern_id).order_by("pk")[:CONCERNS_MAX]
    return News([_told(concern) for concern in new], count_open())


def _told(concern: Concern) -> Raised:
    return Raised(
        concern_id=concern.pk,
        room_id=concern.room_id,
        source=concern.source,  # type: ignore[arg-type]
        seq=concern.seq,
        member_id=concern.member_id,
        manager_ids=tuple(managers_to_tell(room_id=concern.room_id, about_id=concern.member_id)),
    )


def managers_to_tell(*, room_id: int, about_id: int | None) -> list[int]:
    """Those on duty; where nobody is, all; where there is none, staff alone hear of it: nobody here."""
    managers = Participant.objects.filter(
        room_id=room_id, role__in=(Participant.Role.OWNER, Participant.Role.MANAGER)
    ).order_by("participant_id")
    found = [place for place in managers.values_list("member_id", "on_duty") if place[0] != about_id]
    return [member_id for member_id, on_duty in found if on_duty] or [member_id for member_id, _duty in found]


# --- the assistant steps back


def standing_back(*, room_id: int, member_ids: Collection[int], now: datetime) -> Concern | None:
    """The first concern for which the assistant leaves it to people to talk with any of these members there.

    While texts in the room could not be looked at, that is with everybody.
    """
    about = Q(member_id__in=member_ids) | Q(source=Source.FAILURE)
    return lasting_concerns(now=now).filter(about, room_id=room_id).order_by("pk").first()


def lasting_concerns(*, now: datetime) -> QuerySet[Concern]:
    """Those for which the assistant steps back: not closed, and not older than STEPS_BACK_FOR."""
    return Concern.objects.filter(raised_at__gt=now - STEPS_BACK_FOR).exclude(state=State.CLOSED)


# --- what people do with it


def concerns_of_room(*, room_id: int, state: str | None = None) -> QuerySet[Concern]:
    """The newest first, at most CONCERNS_MAX; without `state` those that are not closed."""
    of_room = Concern.objects.filter(room_id=room_id)
    found = of_room.exclude(state=State.CLOSED) if state is None else of_room.filter(state=state)
    return found.order_by("-pk")[:CONCERNS_MAX]


def count_open() -> int:
    """Over all rooms, those that nobody has looked at yet."""
    return Concern.objects.filter(state=State.OPEN).count()
