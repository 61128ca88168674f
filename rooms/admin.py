"""The admin's pages for members and rooms.

Rosters change through the services only, so that whoever was removed hears nothing more; and never is a room saved
whole, because its counters move while the page is open. (The admin's classes take no type parameter at run time.)
"""

from typing import Any

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chatproject.staff.figures import grouped
from rooms import services
from rooms.admin_audit import AuditAdmin
from rooms.admin_deleting import DeletesRooms
from rooms.admin_keeping import RULES, ParticipantInline, RoomForm, save_roles, save_rules
from rooms.admin_places import ParticipantAdmin, put_in, take_out
from rooms.admin_requests import JoinRequestAdmin
from rooms.audit_models import AuditEntry
from rooms.members.ages import age_of
from rooms.models import Member, Participant, Room
from rooms.moderation_models import JoinRequest

INLINE_ROSTER_MOST = 200  # a longer one has its own page only: 10,000 rows in a form help nobody

admin.site.register(AuditEntry, AuditAdmin)
admin.site.register(JoinRequest, JoinRequestAdmin)
admin.site.register(Participant, ParticipantAdmin)


def _count_places(column: str) -> Coalesce:
    """How many places have this row's primary key in `column`; a subquery, so that only the page's rows count."""
    places = Participant.objects.filter(**{column: OuterRef("pk")}).order_by().values(column)
    return Coalesce(Subquery(places.annotate(number=Count("*")).values("number"), output_field=IntegerField()), 0)


def _link_to_places(number: int, condition: dict[str, int]) -> str:
    address = reverse("admin:rooms_participant_changelist", query=condition)
    return format_html('<a href="{}">{}</a>', address, grouped(number))


@admin.register(Member)
class MemberAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at only: members belong to the main server, and a token refreshes them here."""

    list_display = ["member_id", "nickname", "role", "room_count", "said", "created_at"]
    list_display_links = ["member_id", "nickname"]
    list_filter = ["role", "created_at"]
    search_fields = ["=member_id", "lowered_nickname"]
    search_help_text = _("Member number or part of a nickname")
    ordering = ["-created_at", "-member_id"]
    show_full_result_count = False
    readonly_fields = ["age_said"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Member | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        members: QuerySet[Member] = super().get_queryset(request)
        return members.annotate(room_count=_count_places("member_id"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        lowered = queryset.alias(lowered_nickname=Lower("nickname"))  # the column compares exactly
        return super().get_search_results(request, lowered, search_term.lower())

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        may = request.user.has_perm
        asked = {"export": may("messaging.add_export"), "erasure": may("messaging.add_erasure")}
        return [*super().get_list_display(request), *(name for name, is_allowed in asked.items() if is_allowed)]

    @admin.display(description=_("under 14"), boolean=True)
    def age_said(self, member: Member) -> bool | None:
        """As a token or the main server said; neither: unknown."""
        return age_of(member_id=member.member_id)

    @admin.display(description=_("rooms"), ordering="room_count")
    def room_count(self, member: Any) -> str:
        return _link_to_places(member.room_count, {"member__member_id__exact": member.pk})

    @admin.display(description=_("messages"))
    def said(self, member: Member) -> str:
        address = reverse("admin:messaging_message_changelist", query={"sender__member_id__exact": member.pk})
        return format_html('<a href="{}">{}</a>', address, _("what they said"))

    @admin.display(description=_("export"))
    def export(self, member: Member) -> str:
        address = reverse("admin:messaging_export_add", query={"member_id": member.pk})
        return format_html('<a href="{}">{}</a>', address, _("export …"))

    @admin.display(description=_("erasure"))
    def erasure(self, member: Member) -> str:
        address = reverse("admin:messaging_erasure_add", query={"member_id": member.pk})
        return format_html('<a href="{}">{}</a>', address, _("erase …"))


@admin.register(Room)
class RoomAdmin(DeletesRooms):
    form = RoomForm
    inlines = [ParticipantInline]
    readonly_fields = [
        "is_group_chat",
        "join_code",
        "creator",
        "message_count",
        "said",
        "version",
        "roster_version",
        "created_at",
    ]
    fields = ["name", *RULES, *readonly_fields]
    list_display = [
        "room_id",
        "called",
        "is_group_chat",
        "participant_count",
        "message_count",
        "said",
        "created_at",
    ]
    list_display_links = ["room_id", "called"]
    list_filter = ["is_group_chat", "created_at"]
    search_fields = ["=room_id", "lowered_name"]
    search_help_text = _("Room number or part of a name")
    ordering = ["-room_id"]
    show_full_result_count = False

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> list[Any]:
        is_private = obj is not None and not obj.is_group_chat  # called by its members' nicknames
        return [*super().get_readonly_fields(request, obj), *(["name", *RULES] if is_private else [])]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        rooms: QuerySet[Room] = super().get_queryset(request)
        return rooms.annotate(participant_count=_count_places("room_id"))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        lowered = queryset.alias(lowered_name=Lower("name"))  # the column compares exactly
        return super().get_search_results(request, lowered, search_term.lower())

    @admin.display(description=_("name"), ordering="name")
    def called(self, room: Room) -> str:
        return str(room)

    @admin.display(description=_("participants"), ordering="participant_count")
    def participant_count(self, room: Any) -> str:
        return _link_to_places(room.participant_count, {"room__room_id__exact": room.pk})

    @admin.display(description=_("messages"), ordering="last_seq")
    def message_count(self, room: Room) -> str:
        return grouped(room.kept_messages)

    @admin.display(description=_("conversation"))
    def said(self, room: Room) -> str:
        if room.pk is None:
            return "-"
        address = reverse("admin:messaging_message_conversation", args=[room.pk])
        return format_html('<a href="{}">{}</a>', address, _("read it"))

    def get_inlines(self, request: HttpRequest, obj: Room | None) -> list[Any]:
        if obj is not None and getattr(obj, "participant_count", 0) > INLINE_ROSTER_MOST:
            return []
        return list(super().get_inlines(request, obj))

    def save_model(self, request: HttpRequest, obj: Room, form: Any, change: bool) -> None:
        if change:
            obj.save(update_fields=["name", "updated_at"])
        else:
            obj.room_id = services.open_group_room(name=obj.name or "", member_ids=[]).room_id
        save_rules(request, obj, form)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        formset.save(commit=False)
        for place in formset.new_objects:  # first those who come: the last one out deletes the room
            place.room = form.instance
            put_in(request, place)
        changed = [*formset.new_objects, *(place for place, _names in formset.changed_objects)]
        save_roles(request, form.instance.pk, {place.member_id: place.role for place in changed})
        for place in formset.deleted_objects:
            take_out(request, place)

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[Any], dict[str, int], set[str], list[Any]]:
        """What the confirmation page shows: rooms and totals, instead of loading every message."""
        rooms = list(objs)
        totals = {
            str(Room._meta.verbose_name_plural): len(rooms),
            str(Participant._meta.verbose_name_plural): Participant.objects.filter(room__in=rooms).count(),
            str(_("messages")): sum(room.kept_messages for room in rooms),
        }
        return [str(room) for room in rooms], totals, set(), []
