"""The admin's pages of where people help, of the sentences that were reviewed, and of the list of signals."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.care_models import CareText, HelpLine

CHECKED_WITHIN = timedelta(days=183)  # a number that nobody checked for longer may be another one by now

if TYPE_CHECKING:
    HelpLineAdminBase = admin.ModelAdmin[HelpLine]
    CareTextAdminBase = admin.ModelAdmin[CareText]
else:
    HelpLineAdminBase = CareTextAdminBase = admin.ModelAdmin


@admin.register(HelpLine)
class HelpLineAdmin(HelpLineAdminBase):
    list_display = ("position", "name", "number", "kind", "hours", "checked_on", "is_fresh", "is_active")
    list_display_links = ("name",)
    ordering = ("position", "line_id")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    @admin.display(description=_("checked lately"), boolean=True)
    def is_fresh(self, line: HelpLine) -> bool:
        return timezone.localdate() - line.checked_on <= CHECKED_WITHIN


@admin.register(CareText)
class CareTextAdmin(CareTextAdminBase):
    list_display = ("use", "text", "changed_at")
    ordering = ("use",)

    def get_readonly_fields(self, request: HttpRequest, obj: CareText | None = None) -> tuple[str, ...]:
        return () if obj is None else ("use",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and CareText.objects.count() < len(CareText.Use)

    def has_delete_permission(self, request: HttpRequest, obj: CareText | None = None) -> bool:
        return False
