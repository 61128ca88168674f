"""The admin's pages of the word filter and of what is held."""

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from messaging.models import Message
from messaging.moderation_models import FilterRule, HeldMessage
from messaging.wire.marks import Attachment, stored_attachments
from rooms.audit_models import AuditEntry
from rooms.models import Room
from tests.factories import BOB
from tests.messaging.moderation.holding import make_held
from tests.messaging.moderation.rules import make_rule
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("sofia"))
    return client


def url(page: str, *about: object) -> str:
    return reverse(f"admin:messaging_{page}", args=about)


def test_the_bench_shows_hits_as_text_and_leads_to_the_rule(staff: Client, room: Room) -> None:
    say(room, "<script>시♡발</script>", "다시 발표", sender_id=BOB)
    page = staff.get(url("filterrule_bench"), {"pattern": "시발"}).content.decode()
    assert "&lt;script&gt;<mark>시♡발</mark>&lt;/script&gt;" in page
    assert "Found in 1 of the newest 2 messages." in page
    assert "<script>시" not in page
    assert "too short" in staff.get(url("filterrule_bench"), {"pattern": "가"}).content.decode()
    add = staff.get(url("filterrule_add"), {"pattern": "시발"}).content.decode()
    assert 'value="시발"' in add
    assert FilterRule.objects.count() == 0


def test_who_may_not_see_messages_has_no_bench(room: Room) -> None:
    user = User.objects.create_user("clerk", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_filterrule"))
    client = Client()
    client.force_login(user)
    assert client.get(url("filterrule_bench"), {"pattern": "시발"}).status_code == 403
    assert client.get(url("filterrule_import")).status_code == 403
    assert client.get(url("filterrule_changelist")).status_code == 200


def test_rules_are_made_changed_and_deleted_and_the_log_says_so(staff: Client) -> None:
    form = {"pattern": " 시발 ", "action": "block", "note": "", "is_active": "on"}
    assert staff.post(url("filterrule_add"), form).status_code == 302
    rule = FilterRule.objects.get()
    assert (rule.pattern, str(rule.made_by_staff)) == ("시발", "sofia")
    assert staff.post(url("filterrule_add"), form | {"pattern": "가"}).status_code == 200
    staff.post(url("filterrule_change", rule.pk), form | {"action": "hold"})
    staff.post(
        url("filterrule_changelist"), {"action": "delete_selected", "_selected_action": rule.pk, "post": "yes"}
    )
    assert FilterRule.objects.count() == 0
    assert AuditEntry.objects.filter(room_id=0, act="filter_changed", actor_kind="staff").count() == 3


def test_a_list_is_imported_or_refused_as_a_whole(staff: Client) -> None:
    answer = staff.post(url("filterrule_import"), {"words": "시발\n가\n", "action": "hold"})
    assert "Line 2" in answer.content.decode()
    assert FilterRule.objects.count() == 0
    staff.post(url("filterrule_import"), {"words": "시발\n!시발점", "action": "hold"})
    assert set(FilterRule.objects.values_list("pattern", "action")) == {("시발", "hold"), ("시발점", "allow")}


def test_what_is_held_is_published_or_rejected_from_the_list(staff: Client, room: Room) -> None:
    kept = stored_attachments([Attachment(file_id=5, name="<i>.log", type="text/plain", size=5)])
    one, other = make_held(room, "<b>one</b>"), make_held(room, "other", client=2, files=kept)
    page = staff.get(url("heldmessage_changelist")).content.decode()
    assert "&lt;b&gt;one&lt;/b&gt;" in page
    assert "&lt;i&gt;.log" in page
    act = {"_selected_action": one.pk, "action": "release", "reason": ""}
    assert staff.post(url("heldmessage_changelist"), act).status_code == 302
    act = {"_selected_action": other.pk, "action": "reject", "reason": ""}
    assert "malformed" in staff.post(url("heldmessage_changelist"), act, follow=True).content.decode()
    staff.post(url("heldmessage_changelist"), act | {"reason": "광고예요."})
    assert list(Message.objects.values_list("contents", flat=True)) == ["<b>one</b>"]
    assert list(HeldMessage.objects.order_by("pk").values_list("state", "reason")) == [
        ("released", ""),
        ("rejected", "광고예요."),
    ]
    make_rule("시발")
    assert staff.get(url("heldmessage_change", one.pk)).status_code == 200
