"""The admin's pages of concerns: whom to look after, with the conversation around, and the banner on every page.

What was noticed nobody adds or deletes by hand, and it is changed only by looking after it.
"""

import logging
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db import DatabaseError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatproject.errors import ChatError
from chatproject.staff.site import Banner
from messaging.admin_conversation import address_of, hidden_words, label_of_message
from messaging.care_models import Concern
from messaging.models import Message
from messaging.moderation.concerns import count_open
from messaging.moderation.looking_after import NOTE_MAX_CHARACTERS, look_after
from messaging.wire.file_words import in_words
from messaging.wire.marks import marks_of
from rooms.models import Member, Room
from rooms.moderation import ranks

logger = logging.getLogger(__name__)

AROUND = 5  # messages before and after the one in which something was noticed

if TYPE_CHECKING:
    ConcernAdminBase = admin.ModelAdmin[Concern]
    ConcernFormBase = forms.ModelForm[Concern]
else:
    ConcernAdminBase, ConcernFormBase = admin.ModelAdmin, forms.ModelForm


def concerns_banner() -> Banner | None:
    """How many wait, on every page. That they cannot be counted is told as well."""
    address = reverse("admin:messaging_concern_changelist") + "?state__exact=open"
    try:
        count = count_open()
    except DatabaseError:
        logger.exception("the concerns cannot be counted")
        return Banner(_("Who may need help cannot be counted just now. Please look."), address)
    if count == 0:
        return None
    text = (
        _("%(count)d person may need help, and nobody has looked yet.")
        if count == 1
        else _("%(count)d people may need help, and nobody has looked yet.")
    )
    return Banner(text % {"count": count}, address)


admin.site.banners.append(concerns_banner)  # type: ignore[attr-defined]  # it is a StaffSite


class ConcernForm(ConcernFormBase):
    class Meta:
        model = Concern
        fields = ("state", "note")
        widgets = {"note": forms.Textarea(attrs={"rows": 3, "maxlength": NOTE_MAX_CHARACTERS})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "state" in self.fields:
            wanted = (Concern.State.SEEN, Concern.State.CLOSED)
            self.fields["state"].choices = [(one.value, one.label) for one in wanted]  # type: ignore[attr-defined]


@admin.register(Concern)
class ConcernAdmin(ConcernAdminBase):
    form = ConcernForm
    fields = (
        *("raised_at", "room", "member", "source", "around", "state", "note"),
        *("seen_at", "seen_by_whom", "closed_at"),
    )
    readonly_fields = (
        *("raised_at", "room", "member", "source", "around"),
        *("seen_at", "seen_by_whom", "closed_at"),
    )
    list_display = ("raised_at", "state", "room", "member", "source", "seen_at", "note")
    list_filter = ("state", "source", "raised_at")
    ordering = ("-concern_id",)
    search_fields = ("=room_id", "=member_id", "note")
    search_help_text = gettext_lazy("Number of a room or a member, or part of a note")
    show_full_result_count = False
    actions = ("mark_seen",)

    @admin.display(description=gettext_lazy("room"), ordering="room_id")
    def room(self, concern: Concern) -> str:
        room = Room.objects.filter(pk=concern.room_id).first()
        return f"{room or '-'} ({concern.room_id})"

    @admin.display(description=gettext_lazy("member"), ordering="member_id")
    def member(self, concern: Concern) -> str:
        if concern.member_id is None:
            return "-"
        member = Member.objects.filter(pk=concern.member_id).first()
        return f"{member.nickname if member else '-'} ({concern.member_id})"

    @admin.display(description=gettext_lazy("seen by"))
    def seen_by_whom(self, concern: Concern) -> str:
        return str(concern.seen_by_staff or concern.seen_by or "-")

    @admin.display(description=gettext_lazy("what was said around it"))
    def around(self, concern: Concern) -> str:
        """For whoever may look at messages. Shown as text. What was said in private is behind a reason."""
        if concern.seq is None:
            return "-"
        if Room.objects.filter(pk=concern.room_id, is_group_chat=False).exists():
            return format_html('<a href="{}">{}</a>', address_of(concern.room_id, concern.seq), hidden_words())
        said = Message.objects.filter(
            room_id=concern.room_id, seq__gte=concern.seq - AROUND, seq__lte=concern.seq + AROUND
        )
        lines = [
            (
                message.seq,
                message.sender.nickname if message.sender else message.get_kind_display(),
                label_of_message(message),
                in_words(message.contents, marks_of(message.marks).attachments),
                " ←" if message.seq == concern.seq else "",
            )
            for message in said.select_related("sender").order_by("seq")
        ]
        return format_html("<ol>{}</ol>", format_html_join("", '<li value="{}"><b>{}</b> {}: {}{}</li>', lines))

    def get_fields(self, request: HttpRequest, obj: Concern | None = None) -> Any:
        fields = super().get_fields(request, obj)
        may_read = request.user.has_perm("messaging.view_message")
        return [field for field in fields if may_read or field != "around"]

    def save_model(self, request: HttpRequest, obj: Concern, form: Any, change: bool) -> None:
        self._look_after(request, obj, form.cleaned_data["state"], form.cleaned_data["note"])

    @admin.action(description=gettext_lazy("I am looking after these"), permissions=["change"])
    def mark_seen(self, request: HttpRequest, queryset: QuerySet[Concern]) -> None:
        for concern in queryset.filter(state=Concern.State.OPEN).order_by("pk"):
            self._look_after(request, concern, Concern.State.SEEN, concern.note)

    def _look_after(self, request: HttpRequest, concern: Concern, step: Any, note: str) -> None:
        try:
            look_after(
                concern_id=concern.pk,
                room_id=None,
                step=step,
                note=note,
                by=ranks.staff(request.user.pk),
                now=timezone.now(),
            )
        except ChatError as error:
            self.message_user(request, str(error.message), "ERROR")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Concern | None = None) -> bool:
        is_open = obj is None or obj.state != Concern.State.CLOSED
        return is_open and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Concern | None = None) -> bool:
        return False
