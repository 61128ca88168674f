"""Our server as it would be if it joined no frames, to show what joining does.

Run: `python -m tests.load.unjoined PORT`.
"""

import os
import sys
from collections.abc import Sequence

import django
from django.core.management import call_command


def write_each_change_by_itself() -> None:
    from messaging.delivery.audience import RoomAudience
    from messaging.delivery.streams import Telling

    deliver_joined = RoomAudience.deliver

    def deliver(self: RoomAudience, changes: Sequence[Telling]) -> None:
        for change in changes:
            deliver_joined(self, [change])

    RoomAudience.deliver = deliver  # type: ignore[method-assign]


if __name__ == "__main__":
    os.environ["DJANGO_SETTINGS_MODULE"] = "chatproject.settings"
    django.setup()
    write_each_change_by_itself()
    call_command("serve", port=int(sys.argv[1]))
