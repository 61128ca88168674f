"""The admin's page of events: what waits, what was given up and why. Nobody makes, changes or deletes one here."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.paginator import Paginator
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatproject.outgoing import services
from chatproject.outgoing.models import Endpoint, OutgoingEvent

if TYPE_CHECKING:
    EventAdminBase = admin.ModelAdmin[OutgoingEvent]
else:
    EventAdminBase = admin.ModelAdmin

LOOK_AGAIN_S = 1  # while an event waits for its first try
SEES_ENDPOINTS = ("outgoing.view_endpoint", "outgoing.change_endpoint")
WAITING = OutgoingEvent.State.WAITING


class OfEndpoint(admin.SimpleListFilter):
    title = gettext_lazy("endpoint")
    parameter_name = "endpoint_id__exact"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return [(str(endpoint.pk), str(endpoint)) for endpoint in Endpoint.objects.order_by("pk")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[OutgoingEvent]) -> QuerySet[OutgoingEvent]:
        value = self.value() or ""
        return queryset.filter(endpoint_id=int(value)) if value.isdecimal() and len(value) < 19 else queryset


class CappedPaginator(Paginator):  # type: ignore[type-arg]  # its parameter is of the stubs alone
    """Counts no further than anybody turns pages, from the newest on: to count millions takes seconds."""

    @cached_property
    def count(self) -> int:
        listed: Any = self.object_list
        return int(listed.order_by("-pk").values("pk")[: services.COUNT_MAX].count())


class EventAdmin(EventAdminBase):
    list_display = (
        *("event_id", "kind", "endpoint", "room_id", "seq", "member_id", "created_at"),
        *("state", "attempts", "due_at", "last_status", "last_error"),
    )
    fields = (
        *("event_id", "kind", "endpoint", "room_id", "seq", "member_id", "created_at"),
        *("state", "attempts", "due_at", "sent_at", "last_status", "last_error"),
    )
    list_filter = (OfEndpoint, "state", "kind", "created_at")
    ordering = ("-event_id",)
    paginator = CappedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # which count, too
    actions = ("send_again",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[OutgoingEvent]:
        whose = Endpoint.objects.filter(pk=OuterRef("endpoint_id"))
        called = whose.values_list(Coalesce(NullIf("description", Value("")), "url"))
        return super().get_queryset(request).annotate(endpoint_called=Subquery(called))

    @admin.display(description=gettext_lazy("endpoint"))
    def endpoint(self, event: Any) -> str:
        return event.endpoint_called or str(event.endpoint_id)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Looks again by itself until an event was tried: such as a test that was just asked for."""
        answer: HttpResponse = super().change_view(request, object_id, form_url, extra_context)
        event = OutgoingEvent.objects.filter(pk=object_id, state=WAITING, attempts=0).exists()
        if event and answer.status_code == 200:
            answer["Refresh"] = str(LOOK_AGAIN_S)
        return answer

    @admin.action(description=gettext_lazy("Send the given-up ones of these again"), permissions=["send"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[OutgoingEvent]) -> None:
        chosen: dict[int, list[int]] = {}
        dead = queryset.filter(state=OutgoingEvent.State.DEAD)  # all there are may have been chosen
        for event_id, endpoint_id in dead.values_list("pk", "endpoint_id"):
            chosen.setdefault(endpoint_id, []).append(event_id)
        count = sum(services.send_again(endpoint_id=one, event_ids=ids) for one, ids in chosen.items())
        messages.success(request, _("%(count)d events are sent again.") % {"count": count})

    def has_send_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("outgoing.change_endpoint")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the endpoints: their pages lead here."""
        return super().has_view_permission(request, obj) or any(map(request.user.has_perm, SEES_ENDPOINTS))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
