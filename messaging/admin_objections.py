"""The admin's queue of objections: what was done to whom and why, what they say to it, and the answer."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatproject.errors import ChatError
from messaging import objecting
from messaging.admin_sanctions import ObjectionAdmin
from rooms.moderation import ranks
from rooms.moderation_models import Objection

DECISIONS = [
    (Objection.Decision.GRANTED, gettext_lazy("Grant it: what was done ends now")),
    (Objection.Decision.UPHELD, gettext_lazy("Uphold what was done")),
]


class AnswerForm(forms.Form):
    decision = forms.ChoiceField(
        label=gettext_lazy("what is decided"), choices=DECISIONS, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=gettext_lazy("Answer, told to the member"),
        max_length=Objection._meta.get_field("answer").max_length,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )


@admin.register(Objection)
class AnsweredObjectionAdmin(ObjectionAdmin):
    """Each is answered once, on its page; who was met reads the answer beside what was done."""

    ordering = ["decided_at", "made_at"]  # who waits, stands first

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("rooms.change_objection"))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        objection = self.get_object(request, unquote(object_id))
        if objection is None:
            raise Http404
        if not self.has_view_permission(request, objection):
            raise PermissionDenied
        form = AnswerForm(request.POST if "_answer" in request.POST else None)
        if request.method == "POST":
            if not self.has_change_permission(request, objection):
                raise PermissionDenied
            if self._act(request, objection, form):
                return HttpResponseRedirect(reverse("admin:rooms_objection_change", args=[objection.pk]))
        return TemplateResponse(request, "admin/rooms/objection/page.html", self._page(request, objection, form))

    def _act(self, request: HttpRequest, objection: Objection, form: AnswerForm) -> bool:
        """Whether the page is to be loaded anew."""
        by, now = ranks.staff(request.user.pk), timezone.now()
        try:
            if "_show" in request.POST and objection.decision == Objection.Decision.GRANTED:
                objecting.show_again(request, objection.sanction, by=by, now=now)
                return True
            if not form.is_valid():
                return False
            decision, words = form.cleaned_data["decision"], form.cleaned_data["answer"]
            is_granted = decision == Objection.Decision.GRANTED
            objecting.answer(
                request, objection_id=objection.pk, is_granted=is_granted, words=words, by=by, now=now
            )
        except ChatError as error:
            self.message_user(request, str(error.message), messages.ERROR)
            return True
        self.log_change(request, objection, f"{decision}: {words}")
        self.message_user(request, _("Answered. The member is told."))
        return True

    def _page(self, request: HttpRequest, objection: Objection, form: AnswerForm) -> dict[str, Any]:
        now, sanction = timezone.now(), objection.sanction
        return {
            **self.admin_site.each_context(request),
            "title": str(objection),
            "opts": self.opts,
            "objection": objection,
            "sanction": sanction,
            "may_answer": self.has_change_permission(request, objection) and not objection.decision,
            "is_left_hidden": objection.decision == Objection.Decision.GRANTED
            and objecting.is_still_hidden(sanction, now),
            "form": form,
        }
