"""The admin's page of exports: asked for by member, fetched while they can be had. Nothing of one is shown."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chatproject.http.api import BIGINT_MAX
from chatproject.transactions import in_one_transaction
from messaging.personal.exports import asking
from messaging.personal.exports.links import link_for
from messaging.personal_models import Export
from rooms.models import Member
from rooms.moderation import audit
from rooms.moderation.audit import REASON_MAX_CHARACTERS, Actor

if TYPE_CHECKING:
    ExportAdminBase = admin.ModelAdmin[Export]
    ExportFormBase = forms.ModelForm[Export]
else:
    ExportAdminBase, ExportFormBase = admin.ModelAdmin, forms.ModelForm


class ExportForm(ExportFormBase):
    """What is under way, or can be had still, stays as it is: who asks for it again has that one."""

    member_id = forms.IntegerField(label=_("member number"), min_value=1, max_value=BIGINT_MAX)
    language = forms.ChoiceField(label=_("language of the text"), choices=settings.LANGUAGES)
    reason = forms.CharField(
        label=_("reason"), max_length=REASON_MAX_CHARACTERS, help_text=_("For the audit log.")
    )

    class Meta:
        model = Export
        fields = ("member_id", "language")

    def clean_member_id(self) -> int:
        number: int = self.cleaned_data["member_id"]
        if not Member.objects.filter(pk=number).exists():
            raise ValidationError(_("There is no such member."))
        return number


@admin.register(Export)
class ExportAdmin(ExportAdminBase):
    form = ExportForm
    fields = ["member_id", "language", "reason"]
    list_display = ["export_id", "member_id", "asked_at", "asked_by", "state", "size", "until", "fetching"]
    list_filter = ["state", "asked_at"]
    search_fields = ["=member_id"]
    search_help_text = _("A member's number")
    ordering = ["-export_id"]
    show_full_result_count = False
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is None else self.list_display

    def get_urls(self) -> list[URLPattern]:
        fetching = self.admin_site.admin_view(self.fetch_view)
        return [
            path("<int:export_id>/fetch/", fetching, name="messaging_export_fetch"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: Export, form: Any, change: bool) -> None:
        asked = asking.ask(
            member_id=form.cleaned_data["member_id"],
            by=Actor.staff(request.user.pk),
            language=form.cleaned_data["language"],
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
        obj.pk = asked.pk

    def fetch_view(self, request: HttpRequest, export_id: int) -> HttpResponse:
        """On to its link. Who may ask for exports may fetch them; that they did is in the log before."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        export = get_object_or_404(Export, pk=export_id)
        now = timezone.now()
        link = link_for(export, caller=None, now=now)
        if link is None:
            messages.error(request, _("It is not ready, or no longer kept."))
            return HttpResponseRedirect(reverse("admin:messaging_export_changelist"))
        log_fetched(export, by=Actor.staff(request.user.pk))
        return HttpResponseRedirect(link)

    @admin.display(description=_("who asked"))
    def asked_by(self, export: Export) -> str:
        number = "" if export.asked_by_id is None else f" {export.asked_by_id}"
        return f"{export.get_asked_by_kind_display()}{number}"

    @admin.display(description=_("kept until"), ordering="expires_at")
    def until(self, export: Export) -> Any:
        return export.expires_at if export.state == Export.State.READY else None

    @admin.display(description=_("file"))
    def fetching(self, export: Export) -> str:
        if link_for(export, caller=None, now=timezone.now()) is None:
            return ""
        address = reverse("admin:messaging_export_fetch", args=[export.pk])
        return format_html('<a href="{}">{}</a>', address, _("fetch; it holds what was said in private"))


@in_one_transaction
def log_fetched(export: Export, *, by: Actor) -> None:
    now = timezone.now()
    deed = audit.Deed(room_id=audit.SITE, act="export_fetched", by=by, at=now, member_id=export.member_id)
    audit.record(deed)
