"""The admin's page of messages, for moderators to look at. Nothing is written or deleted by hand here.

Deleting a row would leave a gap in its room's numbers, and nobody who listens would hear of it.
"""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from messaging.models import Message

CONTENTS_SHOWN_CHARACTERS = 80

if TYPE_CHECKING:
    MessageAdminBase = admin.ModelAdmin[Message]
else:
    MessageAdminBase = admin.ModelAdmin


@admin.register(Message)
class MessageAdmin(MessageAdminBase):
    list_display = ["created_at", "room", "seq", "sender", "kind", "beginning"]
    list_display_links = ["created_at", "beginning"]
    list_filter = ["kind", "created_at"]
    list_select_related = ["room", "sender"]
    search_fields = ["lowered_contents"]
    search_help_text = _("Part of what was said")
    ordering = ["-message_id"]
    show_full_result_count = False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        lowered = queryset.alias(lowered_contents=Lower("contents"))  # the column compares exactly
        return super().get_search_results(request, lowered, search_term.lower())

    @admin.display(description=_("contents"))
    def beginning(self, message: Message) -> str:
        """The contents on one line, shortened."""
        return Truncator(" ".join(message.contents.split())).chars(CONTENTS_SHOWN_CHARACTERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
