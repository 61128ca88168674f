"""The admin's page of the assistant's runs: how they went, never what was said. Nobody changes them by hand."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.http import HttpRequest

from assistant.models import AssistantRun

if TYPE_CHECKING:
    RunAdminBase = admin.ModelAdmin[AssistantRun]
else:
    RunAdminBase = admin.ModelAdmin


@admin.register(AssistantRun)
class AssistantRunAdmin(RunAdminBase):
    list_display = (
        "created_at",
        "room",
        "asker",
        "trigger_seq",
        "state",
        "error_code",
        "model_served",
        "total_tokens",
        "finished_at",
    )
    list_filter = ("state", "model_asked", "created_at")
    list_select_related = ("room", "asker")
    ordering = ("-created_at",)
    search_fields = ("=run_id", "room__name", "asker__nickname")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
