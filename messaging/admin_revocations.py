"""The admin's page of what is revoked: made here by member, never changed or taken back. The log has by whom."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatproject.access.revoking import CLOCKS_DIFFER, NEVER
from chatproject.http.api import BIGINT_MAX
from chatproject.models import Revocation
from messaging.signing_out import sign_out
from rooms.models import Member
from rooms.moderation.audit import REASON_MAX_CHARACTERS, Actor
from rooms.telling import tell

if TYPE_CHECKING:
    RevocationAdminBase = admin.ModelAdmin[Revocation]
    RevocationFormBase = forms.ModelForm[Revocation]
else:
    RevocationAdminBase, RevocationFormBase = admin.ModelAdmin, forms.ModelForm


class RevocationForm(RevocationFormBase):
    """A member who was signed out before may be signed out again."""

    member_id = forms.IntegerField(
        label=_("member number"),
        min_value=1,
        max_value=BIGINT_MAX,
        help_text=_("All sockets of the member end at once; who is signed in at the main server may come back."),
    )
    issued_before = forms.SplitDateTimeField(
        label=_("issued before"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=_("Tokens of an earlier time, and those that say none, are refused. Empty: now."),
    )
    reason = forms.CharField(
        label=_("reason"), required=False, max_length=REASON_MAX_CHARACTERS, help_text=_("For the audit log.")
    )

    class Meta:
        model = Revocation
        fields = ("member_id", "issued_before")

    def clean_issued_before(self) -> Any:
        moment = self.cleaned_data["issued_before"]
        if moment is not None and moment > timezone.now() + CLOCKS_DIFFER:
            raise ValidationError(_("That is still to come."))
        return moment

    def validate_unique(self) -> None:
        """One takes the other's place."""


@admin.register(Revocation)
class RevocationAdmin(RevocationAdminBase):
    form = RevocationForm
    fields = ["member_id", "issued_before", "reason"]
    list_display = ["made_at", "whom", "issued_before", "end"]
    list_filter = ["made_at"]
    search_fields = ["=member_id"]
    search_help_text = _("A member's number")
    ordering = ["-revocation_id"]
    show_full_result_count = False
    actions = None

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The page with the names of its members, read once for all its lines."""
        changes = super().get_changelist_instance(request)
        rows = list(changes.result_list)
        members = Member.objects.in_bulk([row.member_id for row in rows if row.member_id is not None])
        for row in rows:
            row.names = {number: member.nickname for number, member in members.items()}
        changes.result_list = rows
        return changes

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().removeprefix("#")
        is_number = term.isascii() and term.isdigit() and len(term) < 19
        if term and not is_number:
            return queryset.none(), False
        return super().get_search_results(request, queryset, term)

    @admin.display(description=_("what"), ordering="member_id")
    def whom(self, revocation: Revocation) -> str:
        if revocation.member_id is None:
            return str(_("one token"))
        names = getattr(revocation, "names", {})
        return f"{names.get(revocation.member_id, '')} #{revocation.member_id}".strip()

    @admin.display(description=_("until"), ordering="ends_at")
    def end(self, revocation: Revocation) -> Any:
        return None if revocation.ends_at >= NEVER else revocation.ends_at

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Revocation, form: Any, change: bool) -> None:
        now = timezone.now()
        assert obj.member_id is not None  # the form asks for it
        revoked = sign_out(
            member_id=obj.member_id,
            issued_before=obj.issued_before or now,
            by=Actor.staff(request.user.pk),
            now=now,
            reason=form.cleaned_data["reason"],
        )
        obj.pk = revoked.number
        tell(request, lambda server: server.tell_revoked(revoked))
