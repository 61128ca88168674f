"""The admin's page of blocks: who may not come into which room again, why, until when; and the end of it."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatproject.errors import NotGroupRoom
from rooms import acts, blocks
from rooms.models import Room
from rooms.moderation_models import Sanction
from rooms.telling import tell_left

if TYPE_CHECKING:
    BlockAdminBase = admin.ModelAdmin[Sanction]
    BlockFormBase = forms.ModelForm[Sanction]
else:  # the admin's classes take no type parameter at run time
    BlockAdminBase, BlockFormBase = admin.ModelAdmin, forms.ModelForm


def staff_id_of(request: HttpRequest) -> int | None:
    """The account that is signed in to the admin."""
    return request.user.pk


class BlockForm(BlockFormBase):
    """Refuses what the services would refuse, while there is still a form to show it in."""

    def clean_room(self) -> Room:
        room: Room = self.cleaned_data["room"]
        if not room.is_group_chat:
            raise ValidationError(str(NotGroupRoom.default_message))
        return room


class SanctionAdmin(BlockAdminBase):
    """A new block takes its member out. A block is never deleted: lifted, it still says what was done."""

    form = BlockForm
    fields = ["room", "member", "reason", "until", "staff", "since", "lifted_by_staff", "lifted_at"]
    readonly_fields = ["staff", "since", "lifted_by_staff", "lifted_at"]
    autocomplete_fields = ["room", "member"]
    list_display = ["room", "member", "is_in_force", "reason", "since", "until", "staff", "lifted_at"]
    list_select_related = ["room", "member", "staff"]
    list_filter = ["since", "until", "lifted_at"]
    search_fields = ["lowered_room_name", "lowered_nickname", "reason"]
    search_help_text = _("Part of a room's name, of a nickname or of a reason")
    ordering = ["-since", "-sanction_id"]
    show_full_result_count = False
    actions = ["lift"]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        lowered = queryset.alias(lowered_room_name=Lower("room__name"), lowered_nickname=Lower("member__nickname"))
        return super().get_search_results(request, lowered, search_term.lower())

    @admin.display(description=_("in force"), boolean=True)
    def is_in_force(self, block: Sanction) -> bool:
        return block.lifted_at is None and (block.until is None or block.until > timezone.now())

    def get_readonly_fields(self, request: HttpRequest, obj: Sanction | None = None) -> list[str]:
        return [*self.readonly_fields, *(["room", "member"] if obj else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Sanction | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Sanction, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["reason", "until"])
            return
        room_id, member_id, staff_id = obj.room_id, obj.member_id, staff_id_of(request)
        assert member_id is not None  # the form asks for it
        change_of_roster = acts.take_out(
            room_id=room_id,
            member_id=member_id,
            staff_id=staff_id,
            now=timezone.now(),
            reason=obj.reason,
            until=obj.until,
        )
        tell_left(request, change_of_roster)
        made = Sanction.objects.filter(room_id=room_id, member_id=member_id).order_by("-sanction_id").first()
        obj.pk = made.pk if made else None  # the last one out has deleted the room, and the block with it

    @admin.action(description=_("Lift the chosen blocks"), permissions=["change"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Sanction]) -> None:
        held = blocks.in_force(timezone.now()).filter(pk__in=queryset.values("pk"))
        for room_id, member_id in list(held.values_list("room_id", "member_id")):
            acts.let_in_again(
                room_id=room_id, member_id=member_id, staff_id=staff_id_of(request), now=timezone.now()
            )
