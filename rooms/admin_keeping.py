"""How a room is kept, on its page in the admin: its rules, who is what there. Saved through the services alone.

The forms refuse what can be seen in them; what only the room's lock shows is told beside the page that follows.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from chatproject.errors import ChatError, InvalidInput
from rooms.models import Participant, Room
from rooms.moderation.ranks import staff
from rooms.moderation.roles import set_role
from rooms.moderation.rules import (
    AS_SITE,
    KEEPS_FILES_MAX_DAYS,
    KEEPS_MESSAGES_MAX_DAYS,
    SLOW_MAX_S,
    Rules,
    set_rules,
)
from rooms.names import clean_description, clean_room_name
from rooms.telling import tell_rules

if TYPE_CHECKING:
    InlineBase = admin.TabularInline[Participant, Room]
    FormBase = forms.ModelForm[Room]
    RoleFormBase = forms.ModelForm[Participant]
else:  # the admin's classes take no type parameter at run time
    InlineBase, FormBase, RoleFormBase = admin.TabularInline, forms.ModelForm, forms.ModelForm

RULES = [
    "description",
    "slow_s",
    "is_read_only",
    "joining",
    "is_counselling",
    "allows_previews",
    "keeps_files",
    "keeps_messages",
]  # of group rooms


class RoomForm(FormBase):
    """A rule that the form was sent without stays as it is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in RULES:
            if name in self.fields:
                self.fields[name].required = False
        if "keeps_files" in self.fields:
            days = settings.FILES.keep_days
            self.fields["keeps_files"].help_text = _(
                "Days; empty: as everywhere (%(days)d), 0: as long as their messages. Also for those there are."
            ) % {"days": days}
        if "keeps_messages" in self.fields:
            self.fields["keeps_messages"].help_text = _(
                "Days; empty: as everywhere (%(days)d), 0: for good. What is older goes, and does not come back."
            ) % {"days": settings.KEEPING.messages_days}

    def clean_name(self) -> str:
        try:
            return clean_room_name(self.cleaned_data["name"] or "")
        except InvalidInput as error:
            raise ValidationError(str(error.message)) from error

    def clean_description(self) -> str:
        try:
            return clean_description(self.cleaned_data["description"] or "")
        except InvalidInput as error:
            raise ValidationError(str(error.message)) from error

    def clean_slow_s(self) -> int:
        slow_s = self.cleaned_data["slow_s"]
        if slow_s is not None and slow_s > SLOW_MAX_S:
            raise ValidationError(str(InvalidInput.default_message))
        return self.instance.slow_s if slow_s is None else slow_s

    def clean_keeps_files(self) -> int | None:
        return self._clean_days("keeps_files", most=KEEPS_FILES_MAX_DAYS)

    def clean_keeps_messages(self) -> int | None:
        return self._clean_days("keeps_messages", most=KEEPS_MESSAGES_MAX_DAYS)

    def _clean_days(self, name: str, *, most: int) -> int | None:
        days: int | None = self.cleaned_data[name]
        if days is not None and days > most:
            raise ValidationError(str(InvalidInput.default_message))
        return days if self.add_prefix(name) in self.data else getattr(self.instance, name)

    def clean_joining(self) -> str:
        return str(self.cleaned_data["joining"] or self.instance.joining)


class Nickname(forms.Widget):
    """Who has the row. Says what is known already, where a choice would ask for each row's name."""

    def __init__(self, nickname: str) -> None:
        super().__init__()
        self._nickname = nickname

    def render(self, *_args: Any, **_options: Any) -> SafeString:
        return format_html("<p>{}</p>", self._nickname)


class RoleForm(RoleFormBase):
    """The member of a row that is there stays; a role that the form was sent without does too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "role" in self.fields:
            self.fields["role"].required = False
        if self.instance.pk and "member" in self.fields:
            self.fields["member"].disabled = True
            self.fields["member"].widget = Nickname(self.instance.member.nickname)

    def clean_role(self) -> str:
        return str(self.cleaned_data["role"] or self.instance.role)


class ParticipantInline(InlineBase):
    model = Participant
    form = RoleForm
    fields = ["member", "role", "read_seq"]
    readonly_fields = ["read_seq"]
    autocomplete_fields = ["member"]
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Participant]:
        return super().get_queryset(request).select_related("member", "room").order_by("member__nickname")

    def has_add_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        return super().has_add_permission(request, obj) and (obj is None or obj.is_group_chat)

    def has_change_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_group_chat)

    def has_delete_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or obj.is_group_chat)


def save_rules(request: HttpRequest, room: Room, form: Any) -> None:
    """Save those rules that the form has changed."""
    changed = {name: form.cleaned_data[name] for name in RULES if name in form.changed_data}
    changed |= {name: AS_SITE for name in ("keeps_files", "keeps_messages") if changed.get(name, 0) is None}
    if not changed:
        return
    try:
        version = set_rules(room_id=room.pk, rules=Rules(**changed), by=staff(request.user.pk), now=timezone.now())
    except ChatError as error:
        messages.error(request, str(error.message))
    else:
        tell_rules(request, room.pk, version)


def save_roles(request: HttpRequest, room_id: int, roles: dict[int, str]) -> None:
    """Give these members these roles: first the owner's, which makes the one before a manager."""
    for member_id, role in sorted(roles.items(), key=lambda one: one[1] != Participant.Role.OWNER):
        try:
            version = set_role(
                room_id=room_id, member_id=member_id, role=role, by=staff(request.user.pk), now=timezone.now()
            )
        except ChatError as error:
            messages.error(request, str(error.message))
        else:
            tell_rules(request, room_id, version)
