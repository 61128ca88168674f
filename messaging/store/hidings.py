"""What the hidings of a batch leave behind: sanctions, lines in the audit log, and what their authors are told."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from messaging.store import hiding_statements as sql
from messaging.store.acts import HideAct, RoomScene
from messaging.store.hiding import Step
from messaging.store.hiding_statements import Address
from messaging.store.statements import Statement, run
from rooms.moderation.audit import CLOCK, Actor, Deed, audit_rows
from rooms.moderation.sanctions import BY_RANK, Told, clean_reason
from rooms.selectors import private_room_names

LOGGED = {
    ("hide", False): "hide",
    ("hide", True): "unhide",
    ("measure", False): "measure",
    ("measure", True): "measure_ended",
}


def write_hidings(
    steps: Sequence[Step], *, scenes: Mapping[int, RoomScene], also: Sequence[Deed] = (), now: datetime
) -> tuple[list[Statement], dict[Address, list[Told]]]:
    """Store the sanctions now, for their ids; returns what logs them, and what is told of each message.
    `also`: what else the batch did that is logged."""
    new = [step.hiding for step in steps if not step.is_lift]
    lifted = [step.hiding for step in steps if step.is_lift]
    messages = {(hiding.room_id, hiding.seq) for hiding in new}
    writes = [*sql.lift_hidings(lifted, now=now), *([sql.insert_hidings(new, now=now)] if new else [])]
    *_written, heads, ids = run(
        *writes,
        sql.read_heads({step.act.room_id for step in steps} | {deed.room_id for deed in also}),
        sql.read_newest_ids(messages, count=len(new)),
    )
    for hiding, sanction_id in zip(new, ids, strict=True):
        hiding.sanction_id = sanction_id
    rows = audit_rows(heads, [*(_deed(step, now=now) for step in steps), *also])
    told: dict[Address, list[Told]] = {}
    for address, one in _told(steps, scenes):
        told.setdefault(address, []).append(one)
    return [sql.insert_audit(rows)], told


def _deed(step: Step, *, now: datetime) -> Deed:
    hiding, act, is_lift = step
    details = {"sanction": hiding.sanction_id} | ({"case": act.case_id} if act.case_id else {})
    return Deed(
        room_id=hiding.room_id,
        act=LOGGED[hiding.kind, is_lift],
        by=_actor(act),
        at=now,
        member_id=hiding.member_id,
        seq=hiding.seq,
        reason=clean_reason(act.reason, is_needed=False) if is_lift else hiding.reason,
        until=None if is_lift else hiding.until,
        details=details,
    )


def _actor(act: HideAct) -> Actor:
    if act.is_due:
        return CLOCK
    return Actor.staff(act.staff_id) if act.member_id is None else Actor.member(act.member_id)


def _told(steps: Sequence[Step], scenes: Mapping[int, RoomScene]) -> Iterator[tuple[Address, Told]]:
    """Nobody where the author is the assistant, or gone."""
    nameless = {step.act.room_id for step in steps if scenes[step.act.room_id].name is None}
    names = private_room_names(room_ids=nameless)
    for hiding, _act, is_lift in steps:
        if hiding.member_id is None or hiding.sanction_id is None:
            continue
        yield (
            (hiding.room_id, hiding.seq),
            Told(
                sanction_id=hiding.sanction_id,
                room_id=hiding.room_id,
                room_name=scenes[hiding.room_id].name or names[hiding.room_id],
                member_id=hiding.member_id,
                act=hiding.kind,
                by=BY_RANK.get(hiding.rank, "staff"),
                reason=hiding.reason,
                seq=hiding.seq,
                until=hiding.until,
                lifted=is_lift,
            ),
        )
