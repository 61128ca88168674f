"""How much waits in a room for its managers, and who they are. Only reads."""

from messaging.care_models import Concern
from messaging.moderation_models import Case, HeldMessage
from messaging.wire.room_frames import Moderation
from rooms.models import Participant
from rooms.moderation_models import JoinRequest

MANAGING = (Participant.Role.OWNER, Participant.Role.MANAGER)


def managers_of(*, room_id: int) -> tuple[int, ...]:
    places = Participant.objects.filter(room_id=room_id, role__in=MANAGING).order_by("participant_id")
    return tuple(places.values_list("member_id", flat=True))


def waiting_in(*, room_id: int) -> Moderation:
    """What their dialogs would show; of the cases those that are not for staff."""
    return Moderation(
        room_id=room_id,
        held=HeldMessage.objects.filter(room_id=room_id, state=HeldMessage.State.WAITING).count(),
        cases=Case.objects.filter(room_id=room_id, is_for_staff=False, decided_at=None).count(),
        requests=JoinRequest.objects.filter(room_id=room_id, admitted=None).count(),
        concerns=Concern.objects.filter(room_id=room_id, state=Concern.State.OPEN).count(),
    )
