"""Saying and doing things to messages in tests, one batch at a time, at a time of one's choice."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from messaging.models import Message
from messaging.store.acts import Act, DeleteAct, EditAct, HideAct, PinAct, ReactAct
from messaging.store.objects import messages_by_id
from messaging.store.services import Draft, Outcome, Stored, store_batch
from messaging.wire.protocol import MessageObject
from rooms.models import Participant, Room

NOW = datetime(2026, 11, 22, 9, 0, 0, tzinfo=UTC)
A_WHILE = timedelta(seconds=10)  # later than any pace


def at(after_s: float) -> datetime:
    return NOW + timedelta(seconds=after_s)


def say(room: Room, *texts: str, sender_id: int | None, now: datetime = NOW, **fields: Any) -> list[Stored]:
    kind = "member" if sender_id is not None else "assistant"
    usual: dict[str, Any] = {"kind": kind, **fields}
    return done(*[Draft(room.pk, sender_id, text, uuid4().hex, **usual) for text in texts], now=now)


def do(*entries: Draft | Act, now: datetime = NOW + A_WHILE) -> list[Outcome]:
    return store_batch(entries, now=now)


def done(*entries: Draft | Act, now: datetime = NOW + A_WHILE) -> list[Stored]:
    outcomes = do(*entries, now=now)
    assert all(isinstance(outcome, Stored) for outcome in outcomes), outcomes
    return [outcome for outcome in outcomes if isinstance(outcome, Stored)]


def codes(*acts: Act, now: datetime = NOW + A_WHILE) -> list[str]:
    """What became of each: the code of its refusal, or what it is."""
    return [getattr(outcome, "code", type(outcome).__name__) for outcome in do(*acts, now=now)]


def edit(room: Room, seq: int, text: str, *, by: int, **fields: Any) -> EditAct:
    return EditAct(room_id=room.pk, seq=seq, member_id=by, contents=text, **fields)


def delete(room: Room, seq: int, *, by: int | None, **fields: Any) -> DeleteAct:
    return DeleteAct(room_id=room.pk, seq=seq, member_id=by, **fields)


def react(room: Room, seq: int, key: str = "heart", *, by: int, on: bool = True, **fields: Any) -> ReactAct:
    return ReactAct(room_id=room.pk, seq=seq, member_id=by, key=key, on=on, **fields)


def pin(room: Room, seq: int, *, by: int, on: bool = True, **fields: Any) -> PinAct:
    return PinAct(room_id=room.pk, seq=seq, member_id=by, on=on, **fields)


def hide(room: Room, seq: int, *, by: int | None, on: bool = True, reason: str = "광고", **fields: Any) -> HideAct:
    return HideAct(room_id=room.pk, seq=seq, member_id=by, on=on, reason=reason if on else "", **fields)


def role(room: Room, **roles: int) -> None:
    """`owner=ALICE`: so Alice stands in the room."""
    for name, member_id in roles.items():
        Participant.objects.filter(room=room, member_id=member_id).update(role=name)
    Room.objects.filter(pk=room.pk).update(creator_id=roles.get("owner"))


def read(room: Room, seq: int) -> MessageObject:
    """The message as everybody sees it."""
    message_id = Message.objects.get(room=room, seq=seq).pk
    return messages_by_id([message_id])[message_id]
