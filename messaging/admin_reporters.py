"""The admin's page of who reports too much: slowed for a time, and told so at their next report."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.moderation.slowing import is_slowed
from messaging.report_models import SlowedReporter
from rooms.moderation import audit, ranks

if TYPE_CHECKING:
    SlowedReporterAdminBase = admin.ModelAdmin[SlowedReporter]
else:  # the admin's classes take no type parameter at run time
    SlowedReporterAdminBase = admin.ModelAdmin


@admin.register(SlowedReporter)
class SlowedReporterAdmin(SlowedReporterAdminBase):
    """One report a day until then; about self-harm any number. What is deleted here ends at once."""

    fields = ["member", "until", "reason", "staff", "since"]
    readonly_fields = ["staff", "since"]
    autocomplete_fields = ["member"]
    list_display = ["member", "is_slowed", "until", "reason", "staff", "since"]
    list_select_related = ["member", "staff"]
    search_fields = ["member__nickname", "=member__member_id"]
    ordering = ["-since"]

    @admin.display(description=_("in force"), boolean=True)
    def is_slowed(self, slowed: SlowedReporter) -> bool:
        return is_slowed(slowed, timezone.now())

    def get_readonly_fields(self, request: HttpRequest, obj: SlowedReporter | None = None) -> list[str]:
        return [*self.readonly_fields, *(["member"] if obj else [])]

    def save_model(self, request: HttpRequest, obj: SlowedReporter, form: Any, change: bool) -> None:
        obj.staff_id, obj.since = request.user.pk, timezone.now()
        obj.save()
        self._log(request, obj, "reporter_slowed")

    def delete_model(self, request: HttpRequest, obj: SlowedReporter) -> None:
        self._log(request, obj, "reporter_freed")
        obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for slowed in list(queryset):
            self.delete_model(request, slowed)

    def _log(self, request: HttpRequest, slowed: SlowedReporter, act: str) -> None:
        audit.record(
            audit.Deed(
                room_id=audit.SITE,
                act=act,
                by=ranks.staff(request.user.pk).logged,
                at=timezone.now(),
                member_id=slowed.member_id,
                reason=slowed.reason,
                until=slowed.until,
            )
        )
