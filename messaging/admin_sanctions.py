"""The admin's pages of sanctions and of objections to them: imposed, changed and lifted by staff, never deleted.

What is imposed or lifted here takes the same road as from a socket: live sockets hear it, and the log has it.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from chatproject.errors import ChatError, NotGroupRoom
from messaging import acting
from messaging.sanctioning import Asked, carry_out, tell_done
from messaging.store.acts import HideAct
from messaging.store.removing import HIDE_HOURS_MAX
from messaging.wire.client_frames import Lift, Mute, Remove
from messaging.wire.times import wire_time
from rooms.models import Room
from rooms.moderation import imposing, ranks, sanctions
from rooms.moderation.sanctions import Kind
from rooms.moderation_models import Objection, Sanction
from rooms.telling import tell

if TYPE_CHECKING:
    SanctionAdminBase = admin.ModelAdmin[Sanction]
    ObjectionAdminBase = admin.ModelAdmin[Objection]
    SanctionFormBase = forms.ModelForm[Sanction]
else:  # the admin's classes take no type parameter at run time
    SanctionAdminBase = ObjectionAdminBase = admin.ModelAdmin
    SanctionFormBase = forms.ModelForm

WORDS_SHOWN_CHARACTERS = 80
DECIDED = ("decision", "answer", "decided_by", "decided_at")


class SanctionForm(SanctionFormBase):
    """Refuses what the services would refuse, while there is still a form to show it in."""

    hide_hours = forms.TypedChoiceField(
        label=_("hide what was said"),
        choices=[(0, _("nothing")), *((hours, _("the last %d h") % hours) for hours in (1, 6, HIDE_HOURS_MAX))],
        coerce=int,
        required=False,
        help_text=_("With a removal: the member's messages of so many hours."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            self.fields["kind"].choices = [(kind.value, kind.label) for kind in (Kind.REMOVE, Kind.MUTE)]
            self.fields["reason"].required = self.fields["member"].required = True
        else:
            del self.fields["hide_hours"]

    def clean_room(self) -> Room:
        room: Room = self.cleaned_data["room"]
        if not room.is_group_chat:
            raise ValidationError(str(NotGroupRoom.default_message))
        return room

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        until, kind = cleaned.get("until"), cleaned.get("kind", self.instance.kind)
        try:
            if self.instance.pk is None or "until" in self.changed_data:
                self._check_end(kind, until)
        except ChatError as error:
            self.add_error("until", str(error.message))
        return cleaned

    def _check_end(self, kind: str, until: Any) -> None:
        now = timezone.now()
        if kind == Kind.MUTE:
            sanctions.require_mute_end(until or sanctions.FAR_AWAY, now=now)
        elif self.instance.pk is None:  # an earlier end of what holds already is its end now
            sanctions.require_end(until, now=now)


@admin.register(Sanction)
class SanctionAdmin(SanctionAdminBase):
    """A new one takes its member out, or mutes them. Lifted, it still says what was done."""

    form = SanctionForm
    fields = ["kind", "room", "member", "seq", "reason", "until", "by_whom", "since", "lifter", "lifted_at"]
    readonly_fields = ["seq", "by_whom", "since", "lifter", "lifted_at"]
    autocomplete_fields = ["room", "member"]
    list_display = ["room", "member", "kind", "is_in_force", "reason", "since", "until", "by_whom", "lifted_at"]
    list_select_related = ["room", "member", "staff", "imposed_by"]
    list_filter = ["kind", "since", "until", "lifted_at"]
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
    def is_in_force(self, sanction: Sanction) -> bool:
        return sanction.lifted_at is None and (sanction.until is None or sanction.until > timezone.now())

    @admin.display(description=_("imposed by"))
    def by_whom(self, sanction: Sanction) -> str:
        return str(sanction.staff or sanction.imposed_by or "-")

    @admin.display(description=_("lifted by"))
    def lifter(self, sanction: Sanction) -> str:
        return str(sanction.lifted_by_staff or sanction.lifted_by or "-")

    def get_fields(self, request: HttpRequest, obj: Sanction | None = None) -> list[Any]:
        if obj is None:
            return ["kind", "room", "member", "reason", "until", "hide_hours"]
        return [*self.fields]

    def get_readonly_fields(self, request: HttpRequest, obj: Sanction | None = None) -> list[str]:
        return [*self.readonly_fields, *(["kind", "room", "member"] if obj else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Sanction | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Sanction, form: Any, change: bool) -> None:
        try:
            if change:
                self._change(request, obj)
            else:
                carry_out(request, _asked(obj, form.cleaned_data), by=ranks.staff(request.user.pk))
        except ChatError as error:  # of a race: what the form knows it has shown
            self.message_user(request, str(error.message), messages.ERROR)
        if not change:
            made = Sanction.objects.filter(room=obj.room_id, member=obj.member_id, kind=obj.kind)
            newest = made.order_by("-sanction_id").first()
            # the last one out has deleted the room, and the sanction with it
            obj.pk = newest.pk if newest else None

    def _change(self, request: HttpRequest, sanction: Sanction) -> None:
        outcome = imposing.change_terms(
            sanction_id=sanction.pk,
            reason=sanction.reason,
            until=sanction.until,
            acting=ranks.staff(request.user.pk),
            now=timezone.now(),
        )
        tell(request, lambda server: tell_done(server, (outcome, ())))

    @admin.action(description=_("Lift the chosen sanctions"), permissions=["change"])
    def lift(self, request: HttpRequest, queryset: QuerySet[Sanction]) -> None:
        held = sanctions.in_force(timezone.now()).filter(pk__in=queryset.values("pk"))
        for sanction in list(held):
            try:
                self._lift(request, sanction)
            except ChatError as error:
                self.message_user(request, f"{sanction}: {error.message}", messages.ERROR)

    def _lift(self, request: HttpRequest, sanction: Sanction) -> None:
        if sanction.seq is not None:
            shown = HideAct(
                room_id=sanction.room_id,
                seq=sanction.seq,
                member_id=None,
                on=False,
                staff_id=request.user.pk,
                sanction_id=sanction.pk,
            )
            acting.carry_out(request, shown)
            return
        if sanction.member_id is None:
            return
        act: Any = str(sanction.kind)
        asked = Lift(room_id=sanction.room_id, member_id=sanction.member_id, act=act)
        carry_out(request, asked, by=ranks.staff(request.user.pk))


def _asked(sanction: Sanction, terms: dict[str, Any]) -> Asked:
    """The form, as a manager's frame would say it."""
    assert sanction.member_id is not None  # the form asks for it
    until = wire_time(sanction.until) if sanction.until else None
    whom: dict[str, Any] = {"room_id": sanction.room_id, "member_id": sanction.member_id}
    if sanction.kind == Kind.MUTE:
        return Mute(**whom, until=until or "", reason=sanction.reason)
    return Remove(**whom, until=until, reason=sanction.reason, hide_hours=terms.get("hide_hours") or 0)


class DecidedFilter(admin.SimpleListFilter):
    """Whether staff have answered."""

    title = _("answered")
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("No")), ("yes", _("Yes"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        is_open = Q(decision="")
        return queryset.filter(is_open if self.value() == "no" else ~is_open)


class ObjectionAdmin(ObjectionAdminBase):
    """To look at only: objections are answered where reports are."""

    fields = [*("sanction", "room", "member", "words", "made_at"), *DECIDED]
    readonly_fields = [*("sanction", "room", "member", "words", "made_at"), *DECIDED]
    list_display = ["made_at", "room", "member", "sanction", "beginning", "decision", "decided_at"]
    list_select_related = ["sanction__room", "sanction__member"]
    list_filter = [DecidedFilter, "decision", "made_at"]
    search_fields = ["words", "answer"]
    ordering = ["-made_at", "-objection_id"]
    show_full_result_count = False

    @admin.display(description=_("room"))
    def room(self, objection: Objection) -> str:
        return str(objection.sanction.room)

    @admin.display(description=_("member"))
    def member(self, objection: Objection) -> str:
        return str(objection.sanction.member or "-")

    @admin.display(description=_("words"))
    def beginning(self, objection: Objection) -> str:
        return Truncator(" ".join(objection.words.split())).chars(WORDS_SHOWN_CHARACTERS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
