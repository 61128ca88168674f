"""The admin's pages of legal holds, and of what they keep, seen with a permission; each look is logged."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chatproject.errors import ChatError
from messaging.personal.ending_holds import lift_hold, look_at, make_hold, require_hold
from messaging.personal_models import HeldRecord, LegalHold

if TYPE_CHECKING:
    HoldAdminBase = admin.ModelAdmin[LegalHold]
    RecordAdminBase = admin.ModelAdmin[HeldRecord]
    FormBase = forms.ModelForm[LegalHold]
else:  # the admin's classes take no type parameter at run time
    HoldAdminBase = RecordAdminBase = admin.ModelAdmin
    FormBase = forms.ModelForm

USUAL = timedelta(days=180)


class HoldForm(FormBase):
    """Refuses what `make_hold` would refuse."""

    class Meta:
        fields = ("member_id", "room_id", "reason", "until")

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError where it could be no hold."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                require_hold(**cleaned, now=timezone.now())
            except ChatError as error:
                raise ValidationError(str(error.message)) from error
        return cleaned


@admin.register(LegalHold)
class LegalHoldAdmin(HoldAdminBase):
    form = HoldForm
    list_display = ["hold_id", "member_id", "room_id", "reason", "made_at", "until", "lifted_at", "kept"]
    list_filter = ["until", "lifted_at"]
    search_fields = ["=hold_id", "=member_id", "=room_id"]
    search_help_text = _("Number of a hold, a member or a room")
    ordering = ["-hold_id"]
    show_full_result_count = False
    actions = ["lift"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[LegalHold]:
        return super().get_queryset(request).annotate(record_count=Count("records"))

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"until": timezone.now() + USUAL, **super().get_changeform_initial_data(request)}

    @admin.display(description=_("records"))
    def kept(self, hold: Any) -> str:
        address = reverse("admin:messaging_heldrecord_changelist", query={"hold__hold_id__exact": hold.pk})
        return format_html('<a href="{}">{}</a>', address, hold.record_count)

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: bool) -> None:
        made = {name: form.cleaned_data[name] for name in HoldForm.Meta.fields}
        obj.pk = make_hold(**made, staff_id=request.user.pk, now=timezone.now()).pk

    @admin.action(description=_("Lift the chosen holds: what they kept is deleted"), permissions=["add"])
    def lift(self, request: HttpRequest, queryset: QuerySet[LegalHold]) -> None:
        now = timezone.now()
        lifted = [one.pk for one in queryset if lift_hold(hold_id=one.pk, staff_id=request.user.pk, now=now)]
        self.message_user(request, _("Holds lifted: %(count)d.") % {"count": len(lifted)})

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(HeldRecord)
class HeldRecordAdmin(RecordAdminBase):
    """The list says what there is; what it says stands on the page of one record alone, and that is logged. Files
    are had by `manage.py legal_hold file`."""

    fields = ["hold", "kind", "room_id", "seq", "member_id", "made_at", "kept_at", "contents"]
    list_display = ["record_id", "hold", "kind", "room_id", "seq", "member_id", "made_at", "kept_at"]
    list_filter = ["kind"]
    list_select_related = ["hold"]
    search_fields = ["=hold__hold_id", "=room_id", "=member_id"]
    search_help_text = _("Number of a hold, a member or a room")
    ordering = ["hold_id", "room_id", "seq", "record_id"]
    show_full_result_count = False
    actions = None

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Not by the contents: an address that finds records by their words tells them."""
        return lookup == "hold__hold_id__exact" or (
            not lookup.startswith("contents") and super().lookup_allowed(lookup, value, request)
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        record = self.get_object(request, unquote(object_id))
        if record is not None and self.has_view_permission(request, record):
            look_at(record_id=record.pk, staff_id=request.user.pk, now=timezone.now())
        return super().change_view(request, object_id, form_url, extra_context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
