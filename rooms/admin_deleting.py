"""Rooms are deleted in the admin with a reason, which those who were in them are told."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.actions import delete_selected
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone

from chatproject.errors import InvalidInput
from rooms.models import Room
from rooms.moderation import ranks
from rooms.moderation.founding import close_room
from rooms.moderation.sanctions import REASON_MAX_CHARACTERS, clean_reason
from rooms.telling import tell_deleted


class DeletesRooms(admin.ModelAdmin):  # type: ignore[type-arg]
    """Asks why beside whether; its templates are found by the model's name."""

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method == "POST" and not _has_reason(request):
            return HttpResponseRedirect(request.get_full_path())
        shown = {**(extra_context or {}), "why_most": REASON_MAX_CHARACTERS}
        return super().delete_view(request, object_id, shown)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        actions: dict[str, Any] = super().get_actions(request)
        if (usual := actions.get("delete_selected")) is not None:
            actions["delete_selected"] = (_delete_selected, *usual[1:])
        return actions

    def delete_model(self, request: HttpRequest, obj: Room) -> None:
        _delete(request, obj.room_id)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Room]) -> None:
        for room_id in list(queryset.values_list("room_id", flat=True)):
            _delete(request, room_id)


def _delete_selected(rooms: Any, request: HttpRequest, queryset: QuerySet[Room]) -> Any:
    if request.POST.get("post") and not _has_reason(request):
        return None
    asking: Any = delete_selected(rooms, request, queryset)
    if asking is not None:
        asking.context_data["why_most"] = REASON_MAX_CHARACTERS
    return asking


def _has_reason(request: HttpRequest) -> bool:
    try:
        clean_reason(request.POST.get("why", ""))
    except InvalidInput as error:
        messages.error(request, str(error.message))
        return False
    return True


def _delete(request: HttpRequest, room_id: int) -> None:
    deleted = close_room(
        room_id=room_id,
        acting=ranks.staff(request.user.pk),
        now=timezone.now(),
        why=request.POST.get("why", ""),
    )
    tell_deleted(request, room_id, deleted)
