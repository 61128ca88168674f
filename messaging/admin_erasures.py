"""The admin's page of erasures: ordered by member, after a look at what goes; and receipts that nobody changes."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from chatproject.http.api import BIGINT_MAX
from messaging.personal.erasing import orders
from messaging.personal.erasing.foreseeing import foresee
from messaging.personal.erasing.orders import receipt_object
from messaging.personal_models import Erasure
from rooms.moderation.audit import REASON_MAX_CHARACTERS, Actor
from rooms.telling import tell

if TYPE_CHECKING:
    ErasureAdminBase = admin.ModelAdmin[Erasure]
    ErasureFormBase = forms.ModelForm[Erasure]
else:
    ErasureAdminBase, ErasureFormBase = admin.ModelAdmin, forms.ModelForm

CONFIRMED = "confirmed"
COUNTED = {  # the receipt's, as people call them; the rest is counted under the tables' names
    "rooms": _("rooms"),
    "messages": _("messages"),
    "answers": _("answers of the assistant"),
    "reactions": _("reactions"),
    "mentions": _("mentions"),
    "files": _("files"),
    "evidence": _("reports with their words"),
    "held": _("records kept by holds"),
}


class ErasureForm(ErasureFormBase):
    member_id = forms.IntegerField(label=_("member number"), min_value=1, max_value=BIGINT_MAX)
    reason = forms.CharField(
        label=_("reason"), max_length=REASON_MAX_CHARACTERS, help_text=_("For the audit log, which stays.")
    )

    class Meta:
        model = Erasure
        fields = ("member_id",)


@admin.register(Erasure)
class ErasureAdmin(ErasureAdminBase):
    form = ErasureForm
    fields = ["member_id", "reason"]
    list_display = ["erasure_id", "member_id", "asked_at", "asked_by", "state", "finished_at", "in_words"]
    list_filter = ["state", "asked_at"]
    search_fields = ["=member_id"]
    search_help_text = _("A member's number")
    ordering = ["-erasure_id"]
    show_full_result_count = False
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.fields if obj is None else [*self.list_display, "counts"]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Asked once more, with what goes; nothing takes it back."""
        if request.method == "POST" and CONFIRMED not in request.POST and self.has_add_permission(request):
            form = self.get_form(request)(request.POST)
            if form.is_valid():
                return self._ask_again(request, form.cleaned_data)
        return super().add_view(request, form_url, extra_context)

    def _ask_again(self, request: HttpRequest, asked: dict[str, Any]) -> HttpResponse:
        number = asked["member_id"]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Erase member %(number)s?") % {"number": number},
            "asked": asked,
            "confirmed": CONFIRMED,
            "foreseen": foresee(member_id=number, now=timezone.now()),
        }
        return TemplateResponse(request, "admin/messaging/erasure/confirm.html", context)

    def save_model(self, request: HttpRequest, obj: Erasure, form: Any, change: bool) -> None:
        order, revoked = orders.ask(
            member_id=form.cleaned_data["member_id"],
            by=Actor.staff(request.user.pk),
            now=timezone.now(),
            reason=form.cleaned_data["reason"],
        )
        obj.pk = order.pk
        tell(request, lambda server: server.tell_revoked(revoked))

    @admin.display(description=_("who asked"))
    def asked_by(self, order: Erasure) -> str:
        number = "" if order.asked_by_id is None else f" {order.asked_by_id}"
        return f"{order.get_asked_by_kind_display()}{number}"

    @admin.display(description=_("what was erased"))
    def in_words(self, order: Erasure) -> str:
        counts = receipt_object(order)["counts"]
        return format_html_join(
            ", ", "{} {}", ((COUNTED[name], n) for name, n in counts.items() if name in COUNTED)
        )
