"""Our server as it would be if it took and told each read mark by itself, to show what taking them together does.

Run: `python -m tests.load.one_by_one PORT`.
"""

import os
import sys
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

if TYPE_CHECKING:
    from messaging.delivery.reads import Reads
    from messaging.delivery.sessions import Session
    from messaging.wire.client_frames import Read


def mark_and_tell_one_by_one() -> None:
    from messaging.delivery.notices import Notice
    from messaging.delivery.reads import Reads
    from messaging.wire.protocol import MemberRead, encode
    from rooms.models import Participant
    from rooms.selectors import require_participant

    def move(room_id: int, member_id: int, seq: int) -> bool:
        place = require_participant(room_id=room_id, member_id=member_id)
        behind = Participant.objects.filter(pk=place.pk, read_seq__lt=min(seq, place.room.last_seq))
        moved = behind.update(read_seq=min(seq, place.room.last_seq)) == 1
        return moved and Participant.objects.filter(room_id=room_id)[:301].count() <= 300

    async def mark(self: "Reads", session: "Session", frame: "Read") -> None:
        if await self._database.run(move, frame.room_id, session.member_id, frame.seq):
            text = encode(MemberRead(room_id=frame.room_id, member_id=session.member_id, seq=frame.seq))
            self._hub.tell(frame.room_id, text)
            self._relay.publish(Notice(room_id=frame.room_id, kind="tell", text=text))

    Reads.mark = mark  # type: ignore[method-assign]


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "chatproject.settings"
    django.setup()
    mark_and_tell_one_by_one()
    call_command("serve", port=int(sys.argv[1]))
