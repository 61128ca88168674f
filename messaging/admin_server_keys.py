"""The admin's page of the main server's keys: made here and shown once, seen when they were used, and ended."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatproject.server_api.keys import is_in_force
from chatproject.server_api.models import Scope, ServerKey
from rooms.moderation.server_keys import end_key, issue_key

if TYPE_CHECKING:
    KeyAdminBase = admin.ModelAdmin[ServerKey]
    KeyFormBase = forms.ModelForm[ServerKey]
else:  # the admin's classes take no type parameter at run time
    KeyAdminBase, KeyFormBase = admin.ModelAdmin, forms.ModelForm

SHOWN = "admin/server_api/serverkey/made.html"


class ServerKeyForm(KeyFormBase):
    scopes = forms.MultipleChoiceField(
        label=_("good for"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )
    ends_at = forms.SplitDateTimeField(
        label=_("ends"),
        required=False,
        widget=AdminSplitDateTime,
        help_text=_("Empty: when somebody ends it here."),
    )

    class Meta:
        model = ServerKey
        fields = ("name", "scopes", "ends_at")

    def clean_ends_at(self) -> Any:
        moment = self.cleaned_data["ends_at"]
        if moment is not None and moment <= timezone.now():
            raise ValidationError(_("The end must be in the future."))
        return moment


@admin.register(ServerKey)
class ServerKeyAdmin(KeyAdminBase):
    form = ServerKeyForm
    fields = ["name", "scopes", "ends_at"]
    list_display = ["name", "prefix", "good_for", "made_at", "made_by", "last_used_at", "ends_at", "opens"]
    list_select_related = ["made_by"]
    ordering = ["-key_id"]
    show_full_result_count = False
    actions = ["end"]

    @admin.display(description=_("good for"))
    def good_for(self, key: ServerKey) -> str:
        return ", ".join(key.scopes)

    @admin.display(description=_("opens"), boolean=True)
    def opens(self, key: ServerKey) -> bool:
        return is_in_force(key, now=timezone.now())

    @admin.action(description=_("End these keys now"), permissions=["add"])
    def end(self, request: HttpRequest, queryset: QuerySet[ServerKey]) -> None:
        now = timezone.now()
        ended = [end_key(key_id=key.pk, staff_id=request.user.pk, now=now) for key in queryset]
        self.message_user(
            request, _("%(count)d keys open nothing more.") % {"count": sum(ended)}, messages.SUCCESS
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: ServerKey, form: Any, change: bool) -> None:
        new = issue_key(
            name=obj.name,
            scopes=form.cleaned_data["scopes"],
            ends_at=obj.ends_at,
            staff_id=request.user.pk,
            now=timezone.now(),
        )
        obj.pk, obj.shown = new.row.pk, new.shown  # type: ignore[attr-defined]  # for the page that follows

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: str | None = None) -> HttpResponse:
        """The key itself in the answer: a message would take it through a cookie."""
        context = {
            **self.admin_site.each_context(request),
            "title": _("The key is shown this once"),
            "opts": self.opts,
            "key": obj,
        }
        page = TemplateResponse(request, SHOWN, context)
        page["Cache-Control"] = "no-store"
        return page
