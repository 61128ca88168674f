"""The admin's pages of endpoints: who is told of what, how that goes, and what staff do about it.

A secret is shown once, on the page that answers its making, and is kept by no message, log or page.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from chatproject.http.telling import tell
from chatproject.outgoing import services
from chatproject.outgoing.admin_events import EventAdmin
from chatproject.outgoing.admin_forms import KINDS, EndpointForm, ReplayForm
from chatproject.outgoing.models import Endpoint, EndpointState, OutgoingEvent

if TYPE_CHECKING:
    EndpointAdminBase = admin.ModelAdmin[Endpoint]
else:
    EndpointAdminBase = admin.ModelAdmin

Act = Callable[[HttpRequest, Endpoint], HttpResponse | None]


@admin.register(Endpoint)
class EndpointAdmin(EndpointAdminBase):
    form = EndpointForm
    change_form_template = "admin/outgoing/endpoint/change_form.html"
    list_display = ("__str__", "url", "kinds_named", "condition", "waiting", "oldest", "dead", "last_success")
    ordering = ("endpoint_id",)
    show_full_result_count = False
    actions = None

    # --- how it goes

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The page with what waits for its endpoints, counted once for each."""
        changes = super().get_changelist_instance(request)
        rows = list(changes.result_list)
        standing, states = services.standing_of(row.pk for row in rows), _states(row.pk for row in rows)
        for row in rows:
            row.standing, row.goes = standing[row.pk], states.get(row.pk)
        changes.result_list = rows
        return changes

    @admin.display(description=gettext_lazy("kinds"))
    def kinds_named(self, endpoint: Endpoint) -> str:
        return ", ".join(str(label) for value, label in KINDS if value in endpoint.kinds)

    @admin.display(description=gettext_lazy("state"))
    def condition(self, endpoint: Any) -> str:
        return condition_of(endpoint, endpoint.goes)

    @admin.display(description=gettext_lazy("to be sent"))
    def waiting(self, endpoint: Any) -> str:
        return counted(endpoint.standing.waiting)

    @admin.display(description=gettext_lazy("the oldest since"))
    def oldest(self, endpoint: Any) -> datetime | None:
        return endpoint.standing.oldest_created_at  # type: ignore[no-any-return]  # it is a Standing

    @admin.display(description=gettext_lazy("given up"))
    def dead(self, endpoint: Any) -> str:
        return counted(endpoint.standing.dead)

    @admin.display(description=gettext_lazy("last success"))
    def last_success(self, endpoint: Any) -> datetime | None:
        return endpoint.goes.last_success_at if endpoint.goes else None

    def render_change_form(
        self,
        request: HttpRequest,
        context: Any,
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Endpoint | None = None,
    ) -> Any:
        if obj is not None:
            context |= self._about(request, obj)
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _about(self, request: HttpRequest, endpoint: Endpoint) -> dict[str, Any]:
        state = _states([endpoint.pk]).get(endpoint.pk)
        [standing] = services.standing_of([endpoint.pk]).values()
        events = f"{reverse('admin:outgoing_outgoingevent_changelist')}?endpoint_id__exact={endpoint.pk}"
        return {
            "condition": condition_of(endpoint, state),
            "state": state,
            "standing": standing,
            "waiting": counted(standing.waiting),
            "dead": counted(standing.dead),
            "events": events,
            "secrets": _living_secrets(endpoint),
            "may_act": self.has_change_permission(request, endpoint),
            "overlap_hours": services.OVERLAP // timedelta(hours=1),
            "replay_form": ReplayForm(),
        }

    # --- what is changed

    def save_model(self, request: HttpRequest, obj: Endpoint, form: Any, change: bool) -> None:
        """Of one that is there only what was changed: its receiver may end it meanwhile."""
        if not change:
            obj.save()
        elif form.changed_data:
            obj.save(update_fields=form.changed_data)
        if form.has_unknown_host:
            messages.warning(
                request, _("No host of that name is known just now. Nothing gets there until one is.")
            )
        _tell(request)

    def delete_model(self, request: HttpRequest, obj: Endpoint) -> None:
        obj.delete()
        _tell(request)

    def response_add(self, request: HttpRequest, obj: Endpoint, post_url_continue: str | None = None) -> Any:
        return self._show_secret(request, obj, services.make_secret(endpoint_id=obj.pk, now=timezone.now()))

    def _show_secret(self, request: HttpRequest, endpoint: Endpoint, secret: str) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("The secret of %(endpoint)s") % {"endpoint": endpoint},
            "secret": secret,
            "back": _page_of(endpoint),
        }
        return TemplateResponse(request, "admin/outgoing/endpoint/secret.html", context)

    # --- what is done

    def get_urls(self) -> list[URLPattern]:
        do = path("<int:endpoint_id>/do/<slug:act>/", self.admin_site.admin_view(self.do), name="outgoing_do")
        return [do, *super().get_urls()]

    @method_decorator(require_POST)
    def do(self, request: HttpRequest, endpoint_id: int, act: str) -> HttpResponse:
        """One of the buttons of an endpoint's page."""
        endpoint = Endpoint.objects.filter(pk=endpoint_id).first()
        acts: Mapping[str, Act] = {
            "rotate": self._rotate,
            "renew": self._renew,
            "test": self._test,
            "again": self._again,
            "replay": self._replay,
            "end": self._end,
            "enable": self._enable,
        }
        if endpoint is None or act not in acts:
            raise Http404
        if not self.has_change_permission(request, endpoint):
            raise PermissionDenied
        answer = acts[act](request, endpoint)
        self.log_change(request, endpoint, act)
        return answer or HttpResponseRedirect(_page_of(endpoint))

    def _rotate(self, request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
        secret = services.rotate_secret(endpoint_id=endpoint.pk, now=timezone.now())
        return self._show_secret(request, endpoint, secret)

    def _renew(self, request: HttpRequest, endpoint: Endpoint) -> HttpResponse:
        """For a secret that became known: the others end now."""
        secret = services.rotate_secret(endpoint_id=endpoint.pk, now=timezone.now(), overlap=timedelta(0))
        return self._show_secret(request, endpoint, secret)

    def _test(self, request: HttpRequest, endpoint: Endpoint) -> HttpResponse | None:
        if not endpoint.is_enabled:
            messages.error(request, _("Nothing is sent to this endpoint until it is enabled."))
            return None
        event_id = services.send_test(endpoint_id=endpoint.pk, now=timezone.now())
        return HttpResponseRedirect(reverse("admin:outgoing_outgoingevent_change", args=[event_id]))

    def _again(self, request: HttpRequest, endpoint: Endpoint) -> None:
        _say_waiting(request, services.send_again(endpoint_id=endpoint.pk))

    def _replay(self, request: HttpRequest, endpoint: Endpoint) -> None:
        form = ReplayForm(request.POST)
        if not form.is_valid():
            messages.error(request, _("Say from which moment on: a date and a time."))
            return
        _say_waiting(request, services.replay(endpoint_id=endpoint.pk, since=form.cleaned_data["since"]))

    def _end(self, request: HttpRequest, endpoint: Endpoint) -> None:
        services.end_endpoint(endpoint_id=endpoint.pk)
        _tell(request)

    def _enable(self, request: HttpRequest, endpoint: Endpoint) -> None:
        services.enable_endpoint(endpoint_id=endpoint.pk)
        _tell(request)


admin.site.register(OutgoingEvent, EventAdmin)


def counted(count: int) -> str:
    return f"{services.COUNT_MAX}+" if count >= services.COUNT_MAX else str(count)


def condition_of(endpoint: Endpoint, state: EndpointState | None) -> str:
    if not endpoint.is_enabled:
        return _("ended: %(why)s") % {"why": endpoint.ended_why} if endpoint.ended_why else _("ended")
    now = timezone.now()
    if state is None or state.held_until is None or state.held_until < now:
        return _("no process sends to it just now")
    moment, error = state.failing_since or state.retry_at or now, state.last_error
    written = {"moment": timezone.localtime(moment).strftime("%Y-%m-%d %H:%M"), "error": error}
    if state.failing_since is not None:
        return _("nothing gets through since %(moment)s: %(error)s") % written
    if moment > now:
        return _("it asks to be left alone until %(moment)s") % written
    return _("tried in vain since the last success: %(error)s") % written if state.failures else _("active")


def _states(endpoint_ids: Any) -> dict[int, EndpointState]:
    return EndpointState.objects.in_bulk(list(endpoint_ids))


def _living_secrets(endpoint: Endpoint) -> list[Any]:
    """When each was made and ends, and nothing else of it."""
    living = endpoint.secrets.filter(Q(ends_at=None) | Q(ends_at__gt=timezone.now()))
    return list(living.order_by("pk").values("made_at", "ends_at"))


def _page_of(endpoint: Endpoint) -> str:
    return reverse("admin:outgoing_endpoint_change", args=[endpoint.pk])


def _say_waiting(request: HttpRequest, count: int) -> None:
    messages.success(request, _("%(count)d events are sent again.") % {"count": count})


def _tell(request: HttpRequest) -> None:
    """Every process is to know at once; those that do not hear it look every three seconds."""
    tell(request, lambda server: server.tell_endpoints())
