"""The admin's pages of the word filter's rules, with a bench and the import of lists, and of what is held.

What a member wrote is shown as text everywhere; no page of these marks any of it as safe.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatproject.errors import ChatError
from messaging.holding import decide
from messaging.moderation import rules
from messaging.moderation.bench import Bench, try_rule
from messaging.moderation.held import REASON_MAX_CHARACTERS
from messaging.moderation_models import FilterRule, HeldMessage
from messaging.wire.marks import attachments_of
from rooms.models import Room
from rooms.moderation.ranks import staff
from rooms.telling import tell

if TYPE_CHECKING:
    RuleAdminBase = admin.ModelAdmin[FilterRule]
    HeldAdminBase = admin.ModelAdmin[HeldMessage]
    RuleFormBase = forms.ModelForm[FilterRule]
else:  # the admin's classes take no type parameter at run time
    RuleAdminBase = HeldAdminBase = admin.ModelAdmin
    RuleFormBase = forms.ModelForm


def _cleaned(pattern: str) -> str:
    try:
        return rules.check_pattern(pattern)
    except ChatError as error:
        raise ValidationError(str(error.message)) from None


class RuleForm(RuleFormBase):
    def clean_pattern(self) -> str:
        return _cleaned(self.cleaned_data["pattern"])


class BenchForm(forms.Form):
    pattern = forms.CharField(label=_("words"), max_length=rules.PATTERN_MAX_CHARACTERS)
    room = forms.ModelChoiceField(Room.objects.filter(is_group_chat=True), label=_("room"), required=False)

    def clean_pattern(self) -> str:
        return _cleaned(self.cleaned_data["pattern"])


class ImportForm(forms.Form):
    words = forms.CharField(label=_("words"), widget=forms.Textarea, max_length=1_000_000)
    action = forms.ChoiceField(label=_("action"), choices=FilterRule.Action.choices, initial="hold")
    room = forms.ModelChoiceField(Room.objects.filter(is_group_chat=True), label=_("room"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "words" in cleaned and "action" in cleaned:
            try:
                cleaned["rules"] = rules.read_list(cleaned["words"], action=cleaned["action"])
            except ChatError as error:
                self.add_error("words", str(error.message))
        return cleaned


@admin.register(FilterRule)
class FilterRuleAdmin(RuleAdminBase):
    form = RuleForm
    change_list_template = "admin/messaging/filterrule/change_list.html"
    fields = ["pattern", "action", "room", "note", "is_active"]
    autocomplete_fields = ["room"]
    list_display = ["pattern", "action", "room", "note", "is_active", "made_at", "by_whom"]
    list_select_related = ["room", "made_by", "made_by_staff"]
    list_filter = ["action", "is_active"]
    search_fields = ["pattern", "note"]
    ordering = ["-rule_id"]
    show_full_result_count = False

    def get_urls(self) -> list[URLPattern]:
        pages = [("bench", self.bench), ("import", self.import_list)]
        mine = [
            path(f"{name}/", self.admin_site.admin_view(page), name=f"messaging_filterrule_{name}")
            for name, page in pages
        ]
        return [*mine, *super().get_urls()]

    @admin.display(description=_("made by"))
    def by_whom(self, rule: FilterRule) -> str:
        return str(rule.made_by_staff or rule.made_by or "-")

    def bench(self, request: HttpRequest) -> HttpResponse:
        """What a rule would have caught, before it is made. Shows messages, so it wants the right to see them."""
        if not (self.has_view_permission(request) and request.user.has_perm("messaging.view_message")):
            raise PermissionDenied
        form = BenchForm(request.GET or None)
        bench: Bench | None = None
        add_url = ""
        if form.is_valid():
            pattern, room = form.cleaned_data["pattern"], form.cleaned_data["room"]
            bench = try_rule(pattern, room_id=room and room.pk)
            wanted = {"pattern": pattern} | ({"room": room.pk} if room else {})
            if self.has_add_permission(request):
                add_url = f"{reverse('admin:messaging_filterrule_add')}?{urlencode(wanted)}"
        explanation = _("What a rule would have found among the newest 10,000 messages.")
        return self._page(request, form, _("Try a rule"), explanation, "get", bench=bench, add_url=add_url)

    def import_list(self, request: HttpRequest) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = ImportForm(request.POST or None)
        if form.is_valid():
            count = rules.import_rules(
                form.cleaned_data["rules"],
                room=form.cleaned_data["room"],
                by=staff(request.user.pk),
                now=timezone.now(),
            )
            _tell_changed(request)
            self.message_user(request, _("Rules imported: %(count)d.") % {"count": count})
            return redirect("admin:messaging_filterrule_changelist")
        explanation = _("One rule a line. A line that begins with ! is an exception, with # a remark.")
        return self._page(request, form, _("Import a list"), explanation, "post")

    def _page(
        self, request: HttpRequest, form: forms.Form, title: Any, explanation: Any, method: str, **more: Any
    ) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "explanation": explanation,
            "method": method,
            "form": form,
            "opts": self.opts,
            **more,
        }
        return TemplateResponse(request, "admin/messaging/filterrule/page.html", context)

    def save_model(self, request: HttpRequest, obj: FilterRule, form: Any, change: bool) -> None:
        if not change:
            obj.made_at, obj.made_by_staff_id = timezone.now(), request.user.pk
        super().save_model(request, obj, form, change)
        rules.log_rule(obj, by=staff(request.user.pk), now=timezone.now(), made=obj.is_active)
        _tell_changed(request)

    def delete_model(self, request: HttpRequest, obj: FilterRule) -> None:
        rules.log_rule(obj, by=staff(request.user.pk), now=timezone.now(), made=False)
        super().delete_model(request, obj)
        _tell_changed(request)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[FilterRule]) -> None:
        for rule in queryset:
            self.delete_model(request, rule)


def _tell_changed(request: HttpRequest) -> None:
    tell(request, lambda server: server.screens.tell_changed())


class ReasonForm(ActionForm):
    reason = forms.CharField(label=_("reason"), max_length=REASON_MAX_CHARACTERS, required=False)


@admin.register(HeldMessage)
class HeldMessageAdmin(HeldAdminBase):
    """What waits is let go or rejected by the list's actions; nothing is changed by hand."""

    action_form = ReasonForm
    actions = ["release", "reject"]
    list_display = [
        "held_at",
        "room",
        "sender",
        "contents",
        "attached",
        "assisted",
        "why",
        "matched",
        "state",
        "reason",
        "decider",
    ]
    list_select_related = ["room", "sender", "decided_by", "decided_by_staff"]
    list_filter = ["state", "why", "held_at"]
    search_fields = ["contents", "matched"]
    ordering = ["-held_id"]
    show_full_result_count = False

    @admin.display(description=_("files"))
    def attached(self, held: HeldMessage) -> str:
        """Shown as text, whatever a name is."""
        return ", ".join(one.name for one in attachments_of(held.files)) or "-"

    @admin.display(description=_("decided by"))
    def decider(self, held: HeldMessage) -> str:
        return str(held.decided_by_staff or held.decided_by or "-")

    @admin.action(description=_("Publish the chosen messages"), permissions=["decide"])
    def release(self, request: HttpRequest, queryset: QuerySet[HeldMessage]) -> None:
        self._decide(request, queryset, release=True)

    @admin.action(description=_("Reject the chosen messages, with a reason"), permissions=["decide"])
    def reject(self, request: HttpRequest, queryset: QuerySet[HeldMessage]) -> None:
        self._decide(request, queryset, release=False)

    def _decide(self, request: HttpRequest, queryset: QuerySet[HeldMessage], *, release: bool) -> None:
        decided, reason = 0, request.POST.get("reason", "")
        for held in queryset.order_by("held_id"):
            what: dict[str, Any] = {
                "room_id": held.room_id,
                "held_id": held.held_id,
                "release": release,
                "reason": reason,
            }
            try:
                decide(request, by=staff(request.user.pk), **what)
            except ChatError as error:
                self.message_user(request, f"{held}: {error.message}", messages.ERROR)
            else:
                decided += 1
        self.message_user(request, _("Messages decided: %(count)d.") % {"count": decided})

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("messaging.change_heldmessage")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
