"""The admin's pages of the assistant: rooms' settings, how runs went, budgets and use, the switch.

Nothing that was said is on any of them, no prompt and no key. What was recorded nobody changes by hand.
"""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from assistant.accounts.usage import BAR_WIDTH, CHART_DAYS, CHART_HEIGHT, bars, daily_use, most_used
from assistant.models import AssistantRun, Budget, RoomSettings, Scope, Switch, Usage
from assistant.names import NAME_LENGTHS, clean_name
from chatproject.days import today
from chatproject.errors import InvalidInput
from chatproject.staff.figures import figure, grouped
from rooms.models import Member, Room

if TYPE_CHECKING:
    RunAdminBase = admin.ModelAdmin[AssistantRun]
    RoomSettingsAdminBase = admin.ModelAdmin[RoomSettings]
    BudgetAdminBase = admin.ModelAdmin[Budget]
    UsageAdminBase = admin.ModelAdmin[Usage]
    SwitchAdminBase = admin.ModelAdmin[Switch]
    RoomSettingsFormBase = forms.ModelForm[RoomSettings]
else:
    RunAdminBase = RoomSettingsAdminBase = BudgetAdminBase = UsageAdminBase = SwitchAdminBase = admin.ModelAdmin
    RoomSettingsFormBase = forms.ModelForm


class LookOnly:
    """Rows that the assistant writes: nobody adds, changes or deletes them here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AssistantRun)
class AssistantRunAdmin(LookOnly, RunAdminBase):
    list_display = (
        "created_at",
        "room",
        "asker",
        "trigger_seq",
        "attempt",
        "state",
        "error_code",
        "model_served",
        figure("total_tokens", _("tokens")),
        figure("first_word_ms", _("first word after (ms)")),
        "retries",
        "finished_at",
    )
    list_filter = ("state", "error_code", "model_asked", "model_served", "created_at")
    list_select_related = ("room", "asker")
    ordering = ("-created_at",)
    search_fields = ("=run_id", "room__name", "asker__nickname")
    search_help_text = _("Number of a run, part of a room's name or of a nickname")
    show_full_result_count = False

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        days = daily_use(days=CHART_DAYS, today=today())
        drawn = bars(days)
        chart = {
            "bars": drawn,
            "bar_width": BAR_WIDTH,
            "width": drawn[-1].x + BAR_WIDTH,
            "height": CHART_HEIGHT,
            "total": grouped(sum(day.tokens for day in days)),
            "most": grouped(max(day.tokens for day in days)),
        }
        return super().changelist_view(request, {**(extra_context or {}), "chart": chart})


class RoomSettingsForm(RoomSettingsFormBase):
    """The room's own name for its assistant stands on the room, but belongs to these settings."""

    name = forms.CharField(label=_("name"), max_length=NAME_LENGTHS[-1], required=False)

    class Meta:
        model = RoomSettings
        fields = ("room", "mode", "persona", "is_stopped")
        widgets = {"persona": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.fields["name"].initial = self.instance.room.assistant_name

    def clean_name(self) -> str:
        try:
            return clean_name(self.cleaned_data["name"], present=self.fields["name"].initial or "")
        except InvalidInput as error:
            raise ValidationError(str(error.message)) from error


@admin.register(RoomSettings)
class RoomSettingsAdmin(RoomSettingsAdminBase):
    form = RoomSettingsForm
    fields = ("room", "mode", "name", "persona", "is_stopped")
    autocomplete_fields = ("room",)
    list_display = ("room", "assistant_name", "mode", "is_stopped")
    list_filter = ("mode", "is_stopped")
    list_select_related = ("room",)
    ordering = ("-room_id",)
    search_fields = ("=room__room_id", "room__name")
    search_help_text = _("Room number or part of a name")
    actions = ("stop", "let_go_on")

    def get_readonly_fields(self, request: HttpRequest, obj: RoomSettings | None = None) -> tuple[str, ...]:
        return () if obj is None else ("room",)

    @admin.display(description=_("name of the assistant"), ordering="room__assistant_name")
    def assistant_name(self, chosen: RoomSettings) -> str:
        return chosen.room.assistant_name

    def save_model(self, request: HttpRequest, obj: RoomSettings, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        Room.objects.filter(pk=obj.pk).update(assistant_name=form.cleaned_data["name"])

    @admin.action(description=_("Stop the assistant in these rooms"), permissions=["change"])
    def stop(self, request: HttpRequest, queryset: QuerySet[RoomSettings]) -> None:
        queryset.update(is_stopped=True)

    @admin.action(description=_("Let the assistant go on in these rooms"), permissions=["change"])
    def let_go_on(self, request: HttpRequest, queryset: QuerySet[RoomSettings]) -> None:
        queryset.update(is_stopped=False)


@admin.register(Budget)
class BudgetAdmin(BudgetAdminBase):
    """Beside each limit what is used of it today: by everybody, or by the member or room that uses the most."""

    fieldsets = (
        (
            None,
            {
                "fields": ("scope", "calls_per_minute", "calls_per_day", "tokens_per_minute", "tokens_per_day"),
                "description": _("0 is no limit. What stops the assistant is its switch."),
            },
        ),
    )
    list_display = (
        "scope",
        figure("calls_per_minute", _("calls per minute")),
        "calls_today",
        figure("tokens_per_minute", _("tokens per minute")),
        "tokens_today",
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Budget | None = None) -> tuple[str, ...]:
        return () if obj is None else ("scope",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and Budget.objects.count() < len(Scope)

    def has_delete_permission(self, request: HttpRequest, obj: Budget | None = None) -> bool:
        return False

    @admin.display(description=_("calls today"))
    def calls_today(self, budget: Budget) -> str:
        line = most_used("calls", scope=Scope(budget.scope), today=today())
        return _used_of(line, line.calls if line else 0, budget.calls_per_day)

    @admin.display(description=_("tokens today"))
    def tokens_today(self, budget: Budget) -> str:
        line = most_used("tokens", scope=Scope(budget.scope), today=today())
        return _used_of(line, line.tokens if line else 0, budget.tokens_per_day)


def _used_of(line: Usage | None, used: int, allowed: int) -> str:
    figures = f"{grouped(used)} / {grouped(allowed) if allowed else '∞'}"
    if line is None or line.scope == Scope.EVERYWHERE:
        return figures
    return format_html("{} ({})", figures, _subject(line))


def _subject(line: Usage) -> str:
    """Whose line it is, with a link."""
    if line.scope == Scope.EVERYWHERE:
        return "-"
    model = Member if line.scope == Scope.MEMBER else Room
    address = reverse(f"admin:rooms_{line.scope}_change", args=[line.subject_id])
    return format_html('<a href="{}">{} {}</a>', address, model._meta.verbose_name, line.subject_id)


@admin.register(Usage)
class UsageAdmin(LookOnly, UsageAdminBase):
    """Who uses how much."""

    list_display = ("day", "scope", "subject", figure("calls", _("calls")), figure("tokens", _("tokens")))
    list_filter = ("scope", "day")
    ordering = ("-day", "-tokens")
    search_fields = ("=subject_id",)
    search_help_text = _("Number of a member or room")
    show_full_result_count = False

    @admin.display(description=_("number"), ordering="subject_id")
    def subject(self, line: Usage) -> str:
        return _subject(line)


@admin.register(Switch)
class SwitchAdmin(SwitchAdminBase):
    """One row, so its list is its page."""

    fields = ("is_stopped",)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        switch, _is_new = Switch.objects.get_or_create(pk=1)
        return HttpResponseRedirect(reverse("admin:assistant_switch_change", args=[switch.pk]))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Switch | None = None) -> bool:
        return False
