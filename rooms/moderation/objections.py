"""What members say against what was done to them: once for each act, within six months, answered by staff."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from chatproject.errors import InvalidInput
from chatproject.room_errors import AlreadyDecided, NothingThere, TooLateToObject
from chatproject.text import is_encodable
from chatproject.transactions import in_one_transaction
from rooms.locks import lock_room
from rooms.moderation import audit, imposing
from rooms.moderation.audit import Actor, Deed
from rooms.moderation.imposing import LIFTED, Outcome
from rooms.moderation.ranks import Acting
from rooms.moderation.sanctions import Kind, in_force
from rooms.moderation_models import Objection, Sanction

OBJECT_WITHIN = timedelta(days=184)  # six months, the longest of them
WORDS_MAX_CHARACTERS = 1_000


def object_until(sanction: Sanction) -> datetime:
    return sanction.since + OBJECT_WITHIN


def may_object(sanction: Sanction, *, has_objected: bool, now: datetime) -> bool:
    return not has_objected and sanction.member_id is not None and now < object_until(sanction)


@in_one_transaction
def object_to(*, sanction_id: int, member_id: int, words: str, now: datetime) -> Objection:
    """Say something against it. Raises InvalidInput, NothingThere where it met somebody else, TooLateToObject."""
    words = words.strip()
    if not 0 < len(words) <= WORDS_MAX_CHARACTERS or not is_encodable(words) or "\x00" in words:
        raise InvalidInput(_("Say what you object to, in at most 1,000 characters."))
    sanction = Sanction.objects.filter(pk=sanction_id, member_id=member_id).first()
    if sanction is None:
        raise NothingThere
    lock_room(sanction.room_id)
    if not may_object(sanction, has_objected=False, now=now):
        raise TooLateToObject
    try:
        with transaction.atomic():
            objection = Objection.objects.create(sanction=sanction, words=words, made_at=now)
    except IntegrityError as error:
        raise TooLateToObject(_("You have objected to that already.")) from error
    audit.record(_deed("objection", sanction, Actor.member(member_id), now))
    return objection


@in_one_transaction
def decide(*, objection_id: int, is_granted: bool, answer: str, acting: Acting, now: datetime) -> Outcome:
    """Staff answer; what is granted ends a mute or a removal here. A hidden message the caller shows again.

    Raises NothingThere, AlreadyDecided, InvalidInput without an answer.
    """
    answer = answer.strip()
    if not 0 < len(answer) <= Objection._meta.get_field("answer").max_length:  # type: ignore[operator]
        raise InvalidInput(_("Say why: the reason is told to whom it meets."))
    objection = Objection.objects.select_related("sanction").filter(pk=objection_id).first()
    if objection is None:
        raise NothingThere
    sanction = objection.sanction
    lock_room(sanction.room_id)
    objection.refresh_from_db(fields=["decision"])
    if objection.decision:
        raise AlreadyDecided
    objection.decision = Objection.Decision.GRANTED if is_granted else Objection.Decision.UPHELD
    objection.answer, objection.decided_by_id, objection.decided_at = answer, acting.staff_id, now
    objection.save()
    details = {"decision": str(objection.decision)}
    audit.record(_deed("objection_decided", sanction, acting.logged, now, reason=answer, details=details))
    if not is_granted or sanction.kind not in LIFTED or sanction.member_id is None:
        return Outcome()
    if not in_force(now).filter(pk=sanction.pk).exists():
        return Outcome()  # over; what was imposed since stands
    return imposing.lift(
        room_id=sanction.room_id,
        member_id=sanction.member_id,
        kind=Kind(sanction.kind),
        by=acting,
        reason=answer[:200],
        now=now,
    )


def _deed(
    act: str,
    sanction: Sanction,
    by: Actor,
    now: datetime,
    *,
    reason: str = "",
    details: Mapping[str, str] | None = None,
) -> Deed:
    return Deed(
        room_id=sanction.room_id,
        act=act,
        by=by,
        at=now,
        member_id=sanction.member_id,
        reason=reason,
        details={"sanction": sanction.sanction_id, "kind": str(sanction.kind), **(details or {})},
    )
