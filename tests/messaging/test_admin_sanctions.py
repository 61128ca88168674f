"""The admin's pages of sanctions and objections: staff impose, see, change and lift; nobody deletes any."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chatproject.errors import BlockedFromRoom
from messaging.models import Message
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation import objections
from rooms.moderation.sanctions import Kind, require_admission
from rooms.moderation_models import Sanction
from tests.factories import ALICE, BOB, CHARLIE, make_group_room, make_private_room
from tests.messaging.store.doing import say

pytestmark = pytest.mark.django_db

NO_END = {"until_0": "", "until_1": ""}


@pytest.fixture
def staff() -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(User.objects.create_superuser("staff"))
    return client


@pytest.fixture
def garden(alice: Member, bob: Member) -> Room:
    return make_group_room("Garden", alice, bob)


def send(client: Client, page: str, *arguments: int, **fields: Any) -> int:
    return client.post(reverse(f"admin:rooms_{page}", args=arguments), fields).status_code


def impose(client: Client, room: Room, kind: str = "remove", member_id: int = BOB, **fields: Any) -> int:
    usual = {"kind": kind, "room": room.pk, "member": member_id, "reason": "spam", "hide_hours": "0", **NO_END}
    return send(client, "sanction_add", **usual | fields)


def ending(**span: float) -> dict[str, Any]:
    moment = timezone.localtime() + timedelta(**span)
    return {"until_0": f"{moment:%Y-%m-%d}", "until_1": f"{moment:%H:%M:%S}"}


def is_kept_out(room: Room, member_id: int) -> bool:
    try:
        require_admission(room_id=room.pk, member_id=member_id, now=timezone.now())
    except BlockedFromRoom:
        return True
    return False


def take_bob_out(client: Client, room: Room) -> Sanction:
    place = room.participants.get(member_id=BOB)
    assert send(client, "participant_delete", place.pk, post="yes") == 302
    return Sanction.objects.get()


def test_deleting_a_place_removes_and_names_who_did_it(staff: Client, garden: Room) -> None:
    removal = take_bob_out(staff, garden)
    assert is_kept_out(garden, BOB)
    assert (removal.kind, removal.staff) == ("remove", User.objects.get(username="staff"))


def test_taking_bob_out_on_the_rooms_page_removes_him(staff: Client, garden: Room) -> None:
    page = staff.get(reverse("admin:rooms_room_change", args=[garden.pk]))
    fields = dict(page.context["adminform"].form.initial) | {"participants-TOTAL_FORMS": 2}
    fields = {key: value for key, value in fields.items() if isinstance(value, str | int)}
    fields |= {"name": garden.name, "participants-INITIAL_FORMS": 2}
    for at, place in enumerate(garden.participants.order_by("member__nickname")):
        fields |= {f"participants-{at}-participant_id": place.pk, f"participants-{at}-room": garden.pk}
    assert send(staff, "room_change", garden.pk, **fields, **{"participants-1-DELETE": "on"}) == 302
    assert is_kept_out(garden, BOB)
    assert not is_kept_out(garden, ALICE)


def test_putting_bob_in_again_lifts_the_removal(staff: Client, garden: Room) -> None:
    take_bob_out(staff, garden)
    assert send(staff, "participant_add", room=garden.pk, member=BOB) == 302
    assert not is_kept_out(garden, BOB)


def test_a_new_removal_takes_its_member_out(staff: Client, garden: Room) -> None:
    assert impose(staff, garden, **ending(days=40)) == 302
    assert [place.member_id for place in garden.participants.all()] == [ALICE]
    removal = Sanction.objects.get()
    assert (removal.reason, removal.staff) == ("spam", User.objects.get())
    entry = AuditEntry.objects.get()
    assert (entry.act, entry.actor_kind, entry.actor_id, entry.reason) == (
        "remove",
        "staff",
        User.objects.get().pk,
        "spam",
    )


def test_a_stranger_is_kept_out_before_coming(staff: Client, garden: Room, charlie: Member) -> None:
    assert impose(staff, garden, member_id=CHARLIE) == 302
    assert is_kept_out(garden, CHARLIE)
    assert garden.participants.count() == 2


def test_removing_the_last_one_deletes_the_room(staff: Client, alice: Member) -> None:
    assert impose(staff, make_group_room("Garden", alice), member_id=ALICE) == 302
    assert not Room.objects.exists()


def test_a_mute_is_imposed_changed_and_lifted(staff: Client, garden: Room) -> None:
    assert impose(staff, garden, "mute", **ending(hours=1)) == 302
    mute = Sanction.objects.get()
    place = garden.participants.get(member_id=BOB)
    assert place.muted_until == mute.until
    assert send(staff, "sanction_change", mute.pk, reason="flooding", **ending(days=2)) == 302
    place.refresh_from_db()
    assert place.muted_until is not None
    assert place.muted_until > timezone.now() + timedelta(days=1)
    assert send(staff, "sanction_changelist", action="lift", _selected_action=[mute.pk]) == 302
    place.refresh_from_db()
    assert place.muted_until is None
    acts = list(AuditEntry.objects.order_by("number").values_list("act", "reason"))
    assert acts == [("mute", "spam"), ("terms_changed", "flooding"), ("mute_lifted", "")]


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("mute", NO_END),
        ("mute", {"days": 29}),
        ("mute", {"minutes": 5}),
        ("remove", {"hours": -1}),
        ("remove", {"reason": ""}),
        ("hide", NO_END),
        ("measure", {"days": 3}),
    ],
)
def test_what_would_be_refused_is_shown_in_the_form(
    staff: Client, garden: Room, kind: str, fields: dict[str, Any]
) -> None:
    terms = fields if {"until_0", "reason"} & set(fields) else ending(**fields)
    assert impose(staff, garden, kind, **terms) == 200  # the form again
    assert not Sanction.objects.exists()


def test_a_private_room_knows_no_sanctions(staff: Client, alice: Member, bob: Member) -> None:
    room = make_private_room(alice, bob)
    assert impose(staff, room) == 200
    assert room.participants.count() == 2


def test_reason_and_end_are_filled_in_later(staff: Client, garden: Room) -> None:
    removal = take_bob_out(staff, garden)
    assert send(staff, "sanction_change", removal.pk, reason="cooled down", **ending(days=-1)) == 302
    assert not is_kept_out(garden, BOB)
    assert Sanction.objects.get().reason == "cooled down"


def test_chosen_sanctions_are_lifted_and_stay_on_record(staff: Client, garden: Room, charlie: Member) -> None:
    take_bob_out(staff, garden)
    impose(staff, garden, member_id=CHARLIE)
    chosen = list(Sanction.objects.values_list("pk", flat=True))
    assert send(staff, "sanction_changelist", action="lift", _selected_action=chosen) == 302
    assert not is_kept_out(garden, BOB)
    assert not is_kept_out(garden, CHARLIE)
    assert {one.lifted_by_staff for one in Sanction.objects.all()} == {User.objects.get(username="staff")}


def test_no_sanction_is_deleted(staff: Client, garden: Room) -> None:
    removal = take_bob_out(staff, garden)
    assert send(staff, "sanction_delete", removal.pk, post="yes") == 403


def test_the_list_is_searched_by_room_member_and_reason(staff: Client, garden: Room) -> None:
    impose(staff, garden, reason="Spam <b>")
    for term, found in (("garden", True), ("bob", True), ("spam", True), ("nobody", False)):
        page = staff.get(reverse("admin:rooms_sanction_changelist"), query_params={"q": term}).content.decode()
        assert (">Garden<" in page) is found
        assert "<b>" not in page


def test_objections_are_listed_as_text_and_never_deleted(staff: Client, garden: Room) -> None:
    impose(staff, garden)
    removal = Sanction.objects.get(kind=Kind.REMOVE)
    objection = objections.object_to(
        sanction_id=removal.pk, member_id=BOB, words="<script>alert(1)</script>", now=timezone.now()
    )
    pages = [
        reverse("admin:rooms_objection_changelist"),
        reverse("admin:rooms_objection_change", args=[objection.pk]),
    ]
    for page in pages:
        shown = staff.get(page).content.decode()
        assert "&lt;script&gt;alert" in shown
        assert "<script>alert" not in shown
    listed = staff.get(pages[0], query_params={"answered": "yes"})
    assert list(listed.context["cl"].result_list) == []
    assert list(staff.get(pages[0], query_params={"answered": "no"}).context["cl"].result_list) == [objection]
    assert send(staff, "objection_delete", objection.pk, post="yes") == 403


def test_a_removal_hides_what_was_said_and_each_message_is_shown_again(staff: Client, garden: Room) -> None:
    [stored] = say(garden, "buy now", sender_id=BOB, now=timezone.now())
    assert impose(staff, garden, hide_hours="1") == 302
    message = Message.objects.get(seq=stored.message.seq)
    assert message.hidden_at is not None
    hiding = Sanction.objects.get(kind=Kind.HIDE)
    assert hiding.staff == User.objects.get()
    assert send(staff, "sanction_changelist", action="lift", _selected_action=[hiding.pk]) == 302
    message.refresh_from_db()
    assert message.hidden_at is None
    assert AuditEntry.objects.order_by("-entry_id")[0].act == "unhide"
