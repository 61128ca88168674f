"""The admin's page of messages, for moderators: to look at, with what was deleted or edited, and to delete.

No row is written or deleted by hand: that would leave a gap in its room's numbers, and nobody who listens would
hear of it. What moderators delete takes the road of every deletion, and leaves a tombstone to the room.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin import helpers
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from chatproject.errors import ChatError
from messaging import (  # noqa: F401 - their pages are found here
    admin_care,
    admin_cases,
    admin_concerns,
    admin_erasures,
    admin_exports,
    admin_files,
    admin_filter,
    admin_holds,
    admin_objections,
    admin_reporters,
    admin_revocations,
    admin_sanctions,
    admin_server_keys,
    admin_signals,
)
from messaging.acting import carry_out
from messaging.admin_conversation import ConversationPages, address_of, hidden_words, label_of_message
from messaging.admin_delivery import DeliveryPages
from messaging.models import EarlierText, Message
from messaging.store.acts import DeleteAct
from messaging.wire.file_words import in_words
from messaging.wire.marks import marks_of
from rooms.models import Member, Room

CONTENTS_SHOWN_CHARACTERS = 80
FOUND_MOST = 200  # members or rooms whose name has a word in it; more say that it is too short
DELETED_AT_ONCE_MAX = 300  # each has to be stored by itself while the page waits

if TYPE_CHECKING:
    EarlierTextInlineBase = admin.TabularInline[EarlierText, Message]
else:
    EarlierTextInlineBase = admin.TabularInline


class EarlierTextInline(EarlierTextInlineBase):
    """What the message said before its edits, for whoever may look at messages."""

    model = EarlierText
    fields = ["contents", "written_at", "replaced_at"]
    ordering = ["-earlier_text_id"]
    extra = 0

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("messaging.view_message")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Message)
class MessageAdmin(DeliveryPages, ConversationPages):
    fields = [
        *("room", "seq", "version", "kind", "label", "sender", "contents", "reply_to", "created_at", "edited_at"),
        *("attached", "deleted_at", "deleted_by", "hidden_at", "reaction_count"),
    ]
    readonly_fields = ["label", "attached", "deleted_by", "reaction_count"]
    inlines = [EarlierTextInline]
    actions = ["delete_messages"]
    list_display = ["created_at", "where", "who", "kind", "label", "beginning", "deleted_at", "hidden_at"]
    list_display_links = ["created_at", "beginning"]
    list_filter = ["kind", "created_at"]
    list_select_related = ["room", "sender"]
    search_fields = ["lowered_contents"]
    search_help_text = _("Words of what was said in group rooms, parts of its author's or the room's name")
    ordering = ["-message_id"]
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Each word may be the author's, the room's, or one of what was said where that is not private."""
        found = queryset.alias(lowered_contents=Lower("contents"))  # the column compares exactly
        for word in search_term.lower().split():
            found = found.filter(_has(word))
        return found, False

    @admin.display(description=_("room"), ordering="room_id")
    def where(self, message: Message) -> str:
        """Leads to what was said around it."""
        address = address_of(message.room_id, message.seq)
        return format_html('<a href="{}">{} · {}</a>', address, message.room, message.seq)

    @admin.display(description=_("author"), ordering="sender_id")
    def who(self, message: Message) -> str:
        if message.sender is None:
            return "-"
        address = reverse("admin:rooms_member_change", args=[message.sender.pk])
        return format_html('<a href="{}">{}</a>', address, message.sender)

    @admin.display(description=_("AI label"), empty_value="-")
    def label(self, message: Message) -> str:
        return label_of_message(message)

    @admin.display(description=_("contents"))
    def beginning(self, message: Message) -> str:
        """The contents on one line, shortened. What was said in private nobody reads by the way."""
        if not message.room.is_group_chat:
            return hidden_words()
        shown = in_words(message.contents, marks_of(message.marks).attachments)
        return Truncator(" ".join(shown.split())).chars(CONTENTS_SHOWN_CHARACTERS)

    @admin.display(description=_("files"))
    def attached(self, message: Message) -> str:
        """Shown as text, whatever a name is."""
        return ", ".join(f"{one.name} ({one.file_id})" for one in marks_of(message.marks).attachments) or "-"

    @admin.display(description=_("deleted by"))
    def deleted_by(self, message: Message) -> str:
        labels = {"author": _("its author"), "moderator": _("a moderator")}
        return str(labels.get(marks_of(message.marks).deleted_by or "", "-"))

    @admin.display(description=_("reactions"))
    def reaction_count(self, message: Message) -> int:
        return sum(reaction.count for reaction in marks_of(message.marks).reactions)

    @admin.action(description=_("Delete the chosen messages"), permissions=["view"])
    def delete_messages(self, request: HttpRequest, queryset: QuerySet[Message]) -> HttpResponse | None:
        """Asks first; then the rooms are told, and here the texts stay."""
        standing = queryset.filter(deleted_at=None)
        if standing.count() > DELETED_AT_ONCE_MAX:
            self.message_user(request, _("Choose at most 300 messages at a time."), messages.ERROR)
            return None
        if request.POST.get("post"):
            self._delete(request, standing)
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Delete messages"),
            "shown": [(message, self.beginning(message)) for message in standing],
            "ids": list(standing.values_list("pk", flat=True)),
            "action_checkbox_name": helpers.ACTION_CHECKBOX_NAME,
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/messaging/message/delete_messages.html", context)

    def _delete(self, request: HttpRequest, standing: QuerySet[Message]) -> None:
        deleted = 0
        for message in list(standing):
            try:
                act = DeleteAct(room_id=message.room_id, seq=message.seq, member_id=None, staff_id=request.user.pk)
                carry_out(request, act)
            except ChatError as error:
                self.message_user(request, f"{message}: {error.message}", messages.ERROR)
            else:
                self.log_change(request, message, str(_("Deleted for everyone.")))
                deleted += 1
        self.message_user(request, _("Messages deleted: %(count)d.") % {"count": deleted})

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _has(word: str) -> Q:
    members = Member.objects.alias(lowered=Lower("nickname")).filter(lowered__contains=word)
    rooms = Room.objects.alias(lowered=Lower("name")).filter(lowered__contains=word)
    return (
        Q(lowered_contents__contains=word, room__is_group_chat=True)
        | Q(sender_id__in=list(members.values_list("pk", flat=True)[:FOUND_MOST]))
        | Q(room_id__in=list(rooms.values_list("pk", flat=True)[:FOUND_MOST]))
    )
