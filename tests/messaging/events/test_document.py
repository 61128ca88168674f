"""docs/events.md: each kind's example is formed as what is really sent of it, and none is missing."""

import json
import re
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.utils import timezone
from prometheus_client import CollectorRegistry

from chatproject.outgoing.bodies import Bodies
from chatproject.outgoing.envelope import envelope
from chatproject.outgoing.metrics import EventMetrics
from chatproject.outgoing.models import Kind
from chatproject.outgoing.schedule import TRIES_MAX
from chatproject.outgoing.services import send_test
from messaging.moderation.reasons import Reason
from messaging.personal.erasing import orders
from messaging.store.drafts import Draft
from messaging.store.read_marks import mark_read
from rooms import services
from rooms.models import Member, MemberPreferences, Room
from rooms.moderation import imposing, ranks
from rooms.moderation.audit import Actor
from tests.endpoints import EVERY_KIND
from tests.factories import ALICE, BOB, CHARLIE, caller, give_role
from tests.messaging.events.conftest import Events, rows_of, target_of
from tests.messaging.files.having import have_file
from tests.messaging.moderation.reported import report
from tests.messaging.people import in_thread, soon
from tests.messaging.store.doing import done, edit, say

TEXT = (Path(settings.BASE_DIR) / "docs/events.md").read_text()
EXAMPLES = {
    kind: json.loads(example)
    for kind, example in re.findall(r"^### `(\w+)`.*?```json\n(.*?)```", TEXT, re.M | re.S)
}


def happen(room: Room) -> None:
    """Something of every kind, in a room that Alice owns and Bob is in."""
    now = timezone.now()
    give_role(room, ALICE)
    MemberPreferences.objects.create(member_id=BOB, previews_text=True)
    say(room, "@Bob 내일 회의 몇 시예요?", sender_id=ALICE, mentions=(BOB,), now=now)
    say(room, "3층이에요", sender_id=ALICE, now=now)
    done(edit(room, 2, "2층이에요", by=ALICE), now=now + timedelta(minutes=1))
    file = have_file(room, ALICE, expires_at=now + timedelta(days=1))
    done(Draft(room.pk, ALICE, "", uuid4().hex, attachments=(file.pk,)), now=now)
    say(room, "도울게요", sender_id=None, now=now)
    services.join_group_room(caller=caller(CHARLIE), room_id=room.pk, now=now)
    services.leave_group_room(caller=caller(CHARLIE), room_id=room.pk)
    until = now + timedelta(hours=1)
    imposing.mute(room_id=room.pk, member_id=BOB, until=until, reason="도배", by=ranks.staff(), now=now)
    report(room, by=BOB, seq=1, reason=Reason.SELF_HARM, words="걱정돼요")
    mark_read(room_id=room.pk, member_id=ALICE)
    order = orders.ask(member_id=99, by=Actor.staff(None), now=now).order
    orders.end(erasure_id=order.pk, is_anything_left=lambda _member_id: False, now=now)


async def sent(events: Events) -> dict[str, Any]:
    """What is sent of each kind, by the same parts that the sender puts together."""
    await in_thread(partial(send_test, endpoint_id=events.endpoint.pk, now=timezone.now()))
    rows = await in_thread(rows_of, events.endpoint, {})
    bodies = Bodies(events.composer, EventMetrics(CollectorRegistry()))
    made = await soon(bodies.make(rows, target_of(events.endpoint)))
    first = {row.kind: row for row in reversed(rows)}
    return {
        kind: json.loads(envelope(row, prev_id=None, data=made[row.event_id] or b"null"))
        for kind, row in first.items()
    }


def form(value: Any) -> Any:
    """What it is made of, without what it says."""
    match value:
        case dict():
            return {key: form(inner) for key, inner in value.items()}
        case list():
            return [form(inner) for inner in value]
        case _:
            return type(value).__name__


async def test_each_example_is_formed_as_what_is_sent(room: Room, charlie: Member, events: Events) -> None:
    await in_thread(happen, room)
    really = await sent(events)
    assert set(really) == set(Kind.values) == set(EXAMPLES)
    for kind, body in really.items():
        body["prevRoomEvent"] = EXAMPLES[kind]["prevRoomEvent"]
        assert form(EXAMPLES[kind]) == form(body), kind
        assert EXAMPLES[kind]["type"] == kind


def test_the_numbers_it_names_are_ours() -> None:
    assert f"{TRIES_MAX} times" in TEXT
    assert set(re.findall(r"^\| `(\w+)` \|", TEXT, re.M)) >= set(EVERY_KIND)
    for name in re.findall(r"\]\((examples/[\w.]+)\)", TEXT):
        assert (Path(settings.BASE_DIR) / "docs" / name).exists()
