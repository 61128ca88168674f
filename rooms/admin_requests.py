"""The admin's page of requests to come into rooms: staff may decide them as managers do."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatproject.errors import ChatError
from rooms.moderation.admitting import decide_request
from rooms.moderation.ranks import staff
from rooms.moderation_models import JoinRequest
from rooms.telling import tell_joined

if TYPE_CHECKING:
    Base = admin.ModelAdmin[JoinRequest]
else:  # the admin's classes take no type parameter at run time
    Base = admin.ModelAdmin


class JoinRequestAdmin(Base):
    """To look at, and to decide: who asked, what they said, what became of it and by whom."""

    list_display = ["room", "member", "words", "made_at", "admitted", "decided_by", "decided_by_staff", "reason"]
    list_select_related = ["room", "member", "decided_by", "decided_by_staff"]
    list_filter = ["admitted", "made_at"]
    search_fields = ["lowered_room_name", "lowered_nickname"]
    search_help_text = _("Part of a room's name or of a nickname")
    ordering = ["-request_id"]
    show_full_result_count = False
    actions = ["let_in", "turn_away"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        lowered = queryset.alias(lowered_room_name=Lower("room__name"), lowered_nickname=Lower("member__nickname"))
        return super().get_search_results(request, lowered, search_term.lower())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: JoinRequest | None = None) -> bool:
        return obj is None and super().has_change_permission(request, obj)  # the list's actions

    def has_delete_permission(self, request: HttpRequest, obj: JoinRequest | None = None) -> bool:
        return False

    @admin.action(description=_("Let the chosen ones in"), permissions=["change"])
    def let_in(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> None:
        self._decide(request, queryset, admit=True)

    @admin.action(description=_("Turn the chosen ones away"), permissions=["change"])
    def turn_away(self, request: HttpRequest, queryset: QuerySet[JoinRequest]) -> None:
        self._decide(request, queryset, admit=False)

    def _decide(self, request: HttpRequest, queryset: QuerySet[JoinRequest], *, admit: bool) -> None:
        waiting = queryset.filter(admitted=None).order_by("request_id")
        for room_id, member_id in list(waiting.values_list("room_id", "member_id")):
            try:
                change = decide_request(
                    room_id=room_id,
                    member_id=member_id,
                    admit=admit,
                    by=staff(request.user.pk),
                    now=timezone.now(),
                )
            except ChatError as error:  # a manager was first, or the member was removed since
                messages.error(request, str(error.message))
            else:
                tell_joined(request, change)
