"""The admin's page for places in rooms. They change through the services only; see `admin`."""

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatproject.errors import NotGroupRoom
from chatproject.staff.figures import figure, grouped
from rooms.models import Participant, Room
from rooms.moderation import imposing, ranks
from rooms.telling import tell_joined, tell_left


def put_in(request: HttpRequest, place: Participant) -> None:
    """By the service, as staff, and tell the room."""
    acting = ranks.staff(request.user.pk)
    change = imposing.put_in(room_id=place.room_id, member_id=place.member_id, acting=acting, now=timezone.now())
    tell_joined(request, change)


def take_out(request: HttpRequest, place: Participant) -> None:
    """The same for who goes."""
    outcome = imposing.take_out(
        room_id=place.room_id,
        member_id=place.member_id,
        acting=ranks.staff(request.user.pk),
        now=timezone.now(),
    )
    tell_left(request, outcome.left)


class ParticipantForm(forms.ModelForm):  # type: ignore[type-arg]
    """Refuses what the services would refuse, while there is still a form to show it in."""

    def clean_room(self) -> Room:
        room: Room = self.cleaned_data["room"]
        if not room.is_group_chat:
            raise ValidationError(str(NotGroupRoom.default_message))
        return room


class ParticipantAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ParticipantForm
    fields = ["room", "member"]
    autocomplete_fields = ["room", "member"]
    list_display = ["room", "member", "role", figure("read_seq", _("read up to")), "unread"]
    list_filter = ["room__is_group_chat", "member__role"]
    search_fields = ["lowered_room_name", "lowered_nickname"]
    search_help_text = _("Part of a room's name or of a nickname")
    ordering = ["-participant_id"]
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        return super().get_queryset(request).select_related("room", "member")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        lowered = queryset.alias(lowered_room_name=Lower("room__name"), lowered_nickname=Lower("member__nickname"))
        return super().get_search_results(request, lowered, search_term.lower())

    @admin.display(description=_("unread"))
    def unread(self, place: Participant) -> str:
        return grouped(place.room.last_seq - max(place.read_seq, place.room.first_seq - 1))

    def has_change_permission(self, request: HttpRequest, obj: Participant | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Participant | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.room.is_group_chat)

    def save_model(self, request: HttpRequest, obj: Participant, form: Any, change: bool) -> None:
        put_in(request, obj)
        obj.pk = Participant.objects.get(room_id=obj.room_id, member_id=obj.member_id).pk

    def delete_model(self, request: HttpRequest, obj: Participant) -> None:
        take_out(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Participant]) -> None:
        for place in list(queryset.order_by("room_id")):
            self.delete_model(request, place)
