"""The admin's queue of what was reported: the next one that waits, with what was said around it, and the decision.

Everything that members wrote is text here. What is decided takes effect as a manager's act does; see `deciding`.
"""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatproject.errors import ChatError
from messaging import deciding
from messaging.admin_decision import DecisionForm, due_in_words, earlier_sanctions
from messaging.moderation import cases, evidence, queue
from messaging.moderation.reasons import LAW, Reason, reason_label
from messaging.moderation_models import Case
from rooms.moderation import ranks
from rooms.moderation.ranks import Acting

if TYPE_CHECKING:
    CaseAdminBase = admin.ModelAdmin[Case]
else:  # the admin's classes take no type parameter at run time
    CaseAdminBase = admin.ModelAdmin


class WhichFilter(admin.SimpleListFilter):
    title = gettext_lazy("state")
    parameter_name = "which"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("open", _("open")),
            ("late", _("late")),
            ("urgent", _("urgent")),
            ("mine", _("mine")),
            ("decided", _("decided")),
        ]

    def choices(self, changelist: Any) -> Any:
        """Without "all": what is looked at without a choice is what is open."""
        for value, title in [*self.lookup_choices, ("all", _("all"))]:
            yield {
                "selected": (self.value() or "open") == value,
                "query_string": changelist.get_query_string({self.parameter_name: value}),
                "display": title,
            }

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queue.chosen(queryset, self.value() or "open", by=acting_in(request), now=timezone.now())


class ReasonFilter(admin.SimpleListFilter):
    title = gettext_lazy("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(Reason.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Case]) -> QuerySet[Case]:
        return queue.with_reason(queryset, self.value() or "") if self.value() else queryset


def acting_in(request: HttpRequest) -> Acting:
    """Staff, by the account that is signed in."""
    return ranks.staff(request.user.pk)


@admin.register(Case)
class CaseAdmin(CaseAdminBase):
    """The list begins with what is open, what is urgent on top; on a case's page it is decided."""

    list_display = ["what", "reasons", "room_name", "member_name", "age", "due", "claim", "outcome"]
    list_filter = [WhichFilter, ReasonFilter]
    search_fields = ["=case_id", "=room_id", "room_name", "member_name", "=member_id"]
    search_help_text = gettext_lazy("Number or name of a room or a member")
    ordering = queue.URGENT_FIRST
    list_select_related = ["claimed_by_staff"]
    show_full_result_count = False
    change_list_template = "admin/messaging/case/list.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Case]:
        return super().get_queryset(request).prefetch_related("reports")

    def get_urls(self) -> list[URLPattern]:
        following = path("next/", self.admin_site.admin_view(self.next_view), name="messaging_case_next")
        return [following, *super().get_urls()]

    # --- the list

    @admin.display(description=gettext_lazy("case"), ordering="case_id")
    def what(self, case: Case) -> str:
        mark = _("urgent") if case.is_urgent else ""
        return format_html("{} {} <strong>{}</strong>", case.pk, case.get_subject_display(), mark)

    @admin.display(description=gettext_lazy("reasons"))
    def reasons(self, case: Case) -> str:
        counted = queue.reasons_of(case)
        return ", ".join(f"{reason_label(reason)} {number}" for reason, number in counted.items())

    @admin.display(description=gettext_lazy("age"), ordering="opened_at")
    def age(self, case: Case) -> str:
        return timesince(case.opened_at, case.decided_at or timezone.now())

    @admin.display(description=gettext_lazy("due"), ordering="due_at")
    def due(self, case: Case) -> str:
        return due_in_words(case)

    @admin.display(description=gettext_lazy("claim"))
    def claim(self, case: Case) -> str:
        if case.decided_at is not None or not cases.is_claimed(case, timezone.now()):
            return "-"
        return str(case.claimed_by_staff or _("a manager of the room"))

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        by, now = acting_in(request), timezone.now()
        numbers = {
            which: queue.chosen(Case.objects.all(), which, by=by, now=now).count()
            for which in ("open", "late", "urgent")
        }
        return super().changelist_view(request, {"numbers": numbers, **(extra_context or {})})

    # --- one after the other

    def next_view(self, request: HttpRequest) -> HttpResponse:
        """Claim the next one and show it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":
            return self._go_on(request)
        return HttpResponseRedirect(reverse("admin:messaging_case_changelist"))

    def _go_on(self, request: HttpRequest, *, after: Case | None = None) -> HttpResponse:
        by, now = acting_in(request), timezone.now()
        while (case := queue.next_case(by=by, now=now, after=after)) is not None:
            try:
                cases.claim(case_id=case.pk, by=by, now=now)
            except ChatError:  # somebody was quicker
                continue
            return _to(case)
        self.message_user(request, _("Nothing waits any more."))
        return HttpResponseRedirect(reverse("admin:messaging_case_changelist"))

    # --- one case

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        case = self.get_object(request, unquote(object_id))
        if case is None:
            raise Http404
        if not self.has_view_permission(request, case):
            raise PermissionDenied
        form = DecisionForm(request.POST if "_decide" in request.POST else None, case=case)
        if request.method == "POST":
            if not self.has_change_permission(request, case):
                raise PermissionDenied
            answer = self._act(request, case, form)
            if answer is not None:
                return answer
        return TemplateResponse(request, "admin/messaging/case/page.html", self._page(request, case, form))

    def _act(self, request: HttpRequest, case: Case, form: DecisionForm) -> HttpResponse | None:
        """What the pressed button asks for; None where the page is shown again."""
        by, now = acting_in(request), timezone.now()
        try:
            if "_claim" in request.POST:
                cases.claim(case_id=case.pk, by=by, now=now)
            elif "_let_go" in request.POST:
                cases.let_go(case_id=case.pk, by=by, now=now)
            elif "_next" in request.POST:
                return self._go_on(request, after=case)
            elif form.is_valid():
                self._decide(request, case, form.cleaned_data)
                return self._go_on(request, after=case)
            else:
                return None
        except ChatError as error:
            self.message_user(request, str(error.message), messages.ERROR)
            return None if "_decide" in request.POST else _to(case)
        return _to(case)

    def _decide(self, request: HttpRequest, case: Case, chosen: dict[str, Any]) -> None:
        now, minutes = timezone.now(), chosen["minutes"]
        deciding.decide(
            request,
            case_id=case.pk,
            by=acting_in(request),
            decision=deciding.Decision(
                outcome=chosen["outcome"],
                reason=chosen["reason"],
                until=now + timedelta(minutes=minutes) if minutes else None,
                hide=chosen.get("hide", False),
            ),
            now=now,
        )
        self.log_change(request, case, f"{chosen['outcome']}: {chosen['reason']}")
        self.message_user(request, _("Decided. Both sides are told."))

    def _page(self, request: HttpRequest, case: Case, form: DecisionForm) -> dict[str, Any]:
        case.refresh_from_db()
        reports = list(case.reports.select_related("reporter").order_by("report_id"))
        by, now = acting_in(request), timezone.now()
        return {
            **self.admin_site.each_context(request),
            "title": str(case),
            "opts": self.opts,
            "case": case,
            "due": due_in_words(case),
            "is_late": deciding.is_late(case, now),
            "kept": evidence.decode(reports[0].evidence) if reports else None,
            "reports": [(report, reason_label(report.reason), LAW.get(report.reason, "")) for report in reports],  # type: ignore[call-overload]
            "earlier": earlier_sanctions(case),
            "is_mine": cases.holds(case, by, now),
            "is_taken": cases.is_claimed(case, now) and not cases.holds(case, by, now),
            "may_decide": self.has_change_permission(request, case) and case.decided_at is None,
            "form": form,
        }


def _to(case: Case) -> HttpResponse:
    return HttpResponseRedirect(reverse("admin:messaging_case_change", args=[case.pk]))
