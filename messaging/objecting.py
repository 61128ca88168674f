"""Staff answer objections: what is granted ends what was done, a hidden message is shown again."""

from datetime import datetime

from django.http import HttpRequest

from messaging import acting, sanctioning
from messaging.store.acts import HideAct
from rooms.moderation import objections
from rooms.moderation.ranks import Acting
from rooms.moderation.sanctions import REASON_MAX_CHARACTERS, Kind
from rooms.moderation_models import Objection, Sanction
from rooms.telling import tell


def answer(
    request: HttpRequest, *, objection_id: int, is_granted: bool, words: str, by: Acting, now: datetime
) -> None:
    """Write the answer down, once, and end the sanction where it is granted; live sockets are told.

    Raises NothingThere, AlreadyDecided, InvalidInput, and StoreUnavailable where the message could not be shown
    again: then `show_again` is left to do.
    """
    outcome = objections.decide(objection_id=objection_id, is_granted=is_granted, answer=words, acting=by, now=now)
    tell(request, lambda server: sanctioning.tell_done(server, (outcome, ())))
    if is_granted:
        objection = Objection.objects.select_related("sanction").get(pk=objection_id)
        show_again(request, objection.sanction, by=by, now=now)


def show_again(request: HttpRequest, sanction: Sanction, *, by: Acting, now: datetime) -> None:
    """End the hiding of a message; fine where it has ended."""
    if not is_still_hidden(sanction, now) or sanction.seq is None:
        return
    acting.carry_out(
        request,
        HideAct(
            room_id=sanction.room_id,
            seq=sanction.seq,
            member_id=None,
            staff_id=by.staff_id,
            on=False,
            reason=sanction.objection.answer[:REASON_MAX_CHARACTERS],
            sanction_id=sanction.pk,
        ),
    )


def is_still_hidden(sanction: Sanction, now: datetime) -> bool:
    """Whether the sanction hides a message and has not ended."""
    is_over = sanction.lifted_at is not None or (sanction.until is not None and sanction.until <= now)
    return sanction.kind in (Kind.HIDE, Kind.MEASURE) and not is_over
