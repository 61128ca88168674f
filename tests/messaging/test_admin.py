"""The admin's page of messages: what moderators find, see and cannot do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from messaging.admin import CONTENTS_SHOWN_CHARACTERS
from messaging.models import Message
from messaging.wire.marks import Attachment, Marks, stored_marks
from rooms.models import Member, Room
from tests.factories import ALICE, BOB, make_member
from tests.messaging.store import doing

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # in Seoul
LIST = "admin:messaging_message_changelist"

Say = Callable[..., Message]


@pytest.fixture
def moderator() -> Client:
    """Staff who may look at messages and nothing else."""
    client = Client(headers={"accept-language": "en"})
    user = User.objects.create_user("moderator", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_message"))
    client.force_login(user)
    return client


@pytest.fixture
def say(room: Room) -> Say:
    def say(contents: str, sender: Member | None = None, **fields: Any) -> Message:
        room.last_seq += 1
        usual = {"seq": room.last_seq, "version": room.last_seq, "created_at": NOON, "updated_at": NOON}
        return Message.objects.create(room=room, sender=sender, contents=contents, **usual | fields)

    return say


def show(client: Client, **query: Any) -> str:
    response = client.get(reverse(LIST), query_params=query)
    assert response.status_code == 200
    return response.content.decode()


def test_a_moderator_sees_who_said_what_where(moderator: Client, say: Say, alice: Member) -> None:
    say("안녕하세요", alice)
    page = show(moderator)
    for text in ("안녕하세요", "Alice", "Garden", "member"):
        assert text in page


def test_a_message_is_found_by_a_part_of_its_text(moderator: Client, say: Say, alice: Member) -> None:
    say("오늘 모임 있어요", alice)
    say("100% sure_thing", alice)
    assert "모임 있어요" in show(moderator, q="모임")
    assert "sure_thing" not in show(moderator, q="모임")
    assert "sure_thing" in show(moderator, q="100%")
    assert "모임 있어요" not in show(moderator, q="%")
    assert "sure_thing" in show(moderator, q="SURE")


def test_messages_are_filtered_by_kind_and_day(moderator: Client, say: Say, alice: Member) -> None:
    say("from a member", alice)
    say("from the assistant", kind=Message.Kind.ASSISTANT)
    say("long ago", alice, created_at=NOON - timedelta(days=400))
    assert "from a member" not in show(moderator, kind__exact="assistant")
    assert "from the assistant" in show(moderator, kind__exact="assistant")
    day = show(moderator, created_at__gte=NOON - timedelta(hours=12), created_at__lt=NOON + timedelta(hours=12))
    assert "from a member" in day
    assert "long ago" not in day


def test_long_contents_are_shortened_to_one_line(moderator: Client, say: Say, alice: Member) -> None:
    message = say("first\nsecond " + "x" * 4_000 + " the end", alice)
    page = show(moderator)
    assert "first second x" in page
    assert "x" * CONTENTS_SHOWN_CHARACTERS not in page
    whole = moderator.get(reverse("admin:messaging_message_change", args=[message.pk]))
    assert "the end" in whole.content.decode()


def test_markup_is_shown_and_not_run(moderator: Client, say: Say, alice: Member) -> None:
    say("<script>alert(1)</script>", alice)
    assert "<script>alert(1)" not in show(moderator)


def test_files_are_named_and_stand_for_a_text(moderator: Client, say: Say, alice: Member) -> None:
    files = (Attachment(file_id=5, name="<i>.png", type="image/png", size=5),)
    message = say("", alice, marks=stored_marks(Marks(attachments=files)))
    assert "(사진)" in show(moderator)
    whole = moderator.get(reverse("admin:messaging_message_change", args=[message.pk])).content.decode()
    assert "&lt;i&gt;.png (5)" in whole


def test_a_page_costs_the_same_queries_however_many_rows(moderator: Client, say: Say, alice: Member) -> None:
    say("first", alice)
    with CaptureQueriesContext(connection) as few:
        show(moderator)
    for number in range(30):
        say(f"message {number}", make_member(100 + number, f"member {number}"))
    with CaptureQueriesContext(connection) as many:
        show(moderator)
    assert len(many) == len(few)


def test_nobody_writes_or_deletes_messages_here(say: Say, alice: Member) -> None:
    message = say("stays", alice)
    staff = Client()
    staff.force_login(User.objects.create_superuser("staff"))
    for page, arguments in (("add", []), ("delete", [message.pk])):
        assert staff.post(reverse(f"admin:messaging_message_{page}", args=arguments)).status_code == 403
    change = reverse("admin:messaging_message_change", args=[message.pk])
    assert staff.post(change, {"contents": "changed"}).status_code == 403
    staff.post(reverse(LIST), {"action": "delete_selected", "_selected_action": [message.pk], "post": "yes"})
    assert Message.objects.get().contents == "stays"


def test_who_is_not_staff_sees_nothing() -> None:
    assert Client().get(reverse(LIST)).status_code == 302


# --- what was deleted, edited, reacted to


def page_of(client: Client, message: Message) -> str:
    response = client.get(reverse("admin:messaging_message_change", args=[message.pk]))
    assert response.status_code == 200
    return response.content.decode()


def test_a_moderator_sees_what_was_edited_and_what_was_deleted(
    moderator: Client, room: Room, alice: Member
) -> None:
    doing.say(room, "an insult", sender_id=ALICE)
    doing.done(doing.edit(room, 1, "flowers", by=ALICE), doing.react(room, 1, by=BOB))
    message = Message.objects.get()
    page = page_of(moderator, message)
    assert "an insult" in page
    assert ">1</div>" in page.partition("Reactions")[2]
    doing.done(doing.delete(room, 1, by=ALICE))
    page = page_of(moderator, message)
    for text in ("flowers", "an insult", "its author"):
        assert text in page


def delete(client: Client, *messages: Message, confirmed: bool = True) -> str:
    chosen = {"action": "delete_messages", "_selected_action": [message.pk for message in messages]}
    response = client.post(reverse(LIST), chosen | ({"post": "yes"} if confirmed else {}), follow=True)
    assert response.status_code == 200
    return response.content.decode()


def test_a_moderator_deletes_messages_after_being_asked(moderator: Client, room: Room, alice: Member) -> None:
    doing.say(room, "an insult", "a threat", "flowers", sender_id=ALICE)
    insult, threat, flowers = Message.objects.order_by("seq")
    asked = delete(moderator, insult, threat, confirmed=False)
    assert "Delete these messages for everyone?" in asked
    assert "a threat" in asked
    assert not Message.objects.exclude(deleted_at=None).exists()
    assert "Messages deleted: 2." in delete(moderator, insult, threat)
    assert [doing.read(room, seq).deleted_by for seq in (1, 2, 3)] == ["moderator", "moderator", None]
    room.refresh_from_db()
    assert room.version == 5
    assert "Messages deleted: 0." in delete(moderator, insult)
    assert LogEntry.objects.count() == 2
    assert flowers.contents in show(moderator)


def test_who_may_not_look_at_messages_deletes_none(room: Room, alice: Member) -> None:
    doing.say(room, "flowers", sender_id=ALICE)
    client = Client()
    client.force_login(User.objects.create_user("staff", is_staff=True))
    chosen = {"action": "delete_messages", "_selected_action": [Message.objects.get().pk], "post": "yes"}
    assert client.post(reverse(LIST), chosen).status_code == 403
    assert doing.read(room, 1).deleted_by is None


def test_messages_are_found_by_author_and_room_and_lead_to_both(
    moderator: Client, say: Say, alice: Member, bob: Member, room: Room
) -> None:
    said = say("오늘 모임 있어요", alice)
    say("내일 봐요", bob)
    found = show(moderator, q="ALI")
    assert "모임 있어요" in found
    assert "내일 봐요" not in found
    assert reverse("admin:rooms_member_change", args=[ALICE]) in found
    assert f"{reverse('admin:messaging_message_conversation', args=[room.pk])}?seq={said.seq}" in found
    assert "내일 봐요" in show(moderator, q="bob 내일")
    assert "모임 있어요" not in show(moderator, q="bob 모임")
    assert "내일 봐요" in show(moderator, q="gard")
