"""Asks the servers from a process that is none, such as a command: it joins them for a moment."""

import asyncio
import time

from django.conf import settings

from messaging.delivery.link import BEAT_INTERVAL_S
from messaging.delivery.notices import Notice
from messaging.delivery.relay import Relay
from messaging.inquiry.facts import Facts
from messaging.inquiry.inquiries import Heard, Inquiries
from messaging.store.database import Database
from messaging.store.deployment import deployment_name

MEETING_S = 1.3 * BEAT_INTERVAL_S  # by then every process that is well was heard


async def ask_from_outside(facts: Facts, *, wait_s: float) -> Heard:
    """What the processes of this deployment answer. Takes a second to meet them, before `wait_s` begins."""
    assert facts.message is not None
    database = Database(readers=1)

    def hear(notice: Notice) -> None:
        if notice.kind == "why":  # other things are said to all
            inquiries.hear(notice)

    relay = Relay(
        list(settings.CHANNEL_LAYERS),
        deployment_name=lambda: database.run(deployment_name),
        receive=hear,
        healed=lambda: None,
        role="why",
    )
    inquiries = Inquiries(relay=relay, answer=None)
    relay.start()
    try:
        began = time.monotonic()
        await relay.join(facts.room_id)  # until what others say is heard
        relay.leave(facts.room_id)
        await asyncio.sleep(max(0.0, MEETING_S - (time.monotonic() - began)))
        return await inquiries.ask(
            room_id=facts.room_id,
            seq=facts.seq,
            version=facts.message.version,
            member_id=facts.member_id,
            wait_s=wait_s,
        )
    finally:
        await relay.stop()
        database.close()
