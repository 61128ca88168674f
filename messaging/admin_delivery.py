"""The admin's page that says why a member did, or did not, get a message. See `messaging.inquiry`."""

from typing import TYPE_CHECKING, Any

from asgiref.sync import async_to_sync
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.inquiry.facts import Facts, read_facts
from messaging.inquiry.inquiries import Heard
from messaging.inquiry.looks import record_look
from messaging.inquiry.report import Report, report_of
from messaging.models import Message
from rooms.moderation.audit import Actor

PERMISSION = "messaging.ask_delivery"

if TYPE_CHECKING:
    DeliveryBase = admin.ModelAdmin[Message]
else:  # the admin's classes take no type parameter at run time
    DeliveryBase = admin.ModelAdmin


class MemberForm(forms.Form):
    member_id = forms.IntegerField(label=gettext_lazy("Member number"), min_value=1, max_value=2**63 - 1)


class DeliveryPages(DeliveryBase):
    """Of private rooms it tells who is in them and when they are here: so each look there is in the audit log."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.delivery_view)
        return [path("<int:pk>/delivery/", view, name="messaging_message_delivery"), *super().get_urls()]

    def delivery_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not request.user.has_perm(PERMISSION):
            raise PermissionDenied
        message = get_object_or_404(Message.objects.select_related("room").defer("contents"), pk=pk)
        asked = request.method == "POST"
        form = MemberForm(request.POST if asked else None, initial={"member_id": request.GET.get("member", "")})
        report = _answer(request, message, form.cleaned_data["member_id"]) if asked and form.is_valid() else None
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Was it delivered?"),
            "message": message,
            "form": form,
            "report": report,
        }
        return TemplateResponse(request, "admin/messaging/message/delivery.html", context)


def _answer(request: HttpRequest, message: Message, member_id: int) -> Report:
    facts = read_facts(room_id=message.room_id, seq=message.seq, member_id=member_id)
    record_look(facts, by=Actor.staff(request.user.pk), at=timezone.now())
    return report_of(facts, _heard(request, facts))


def _heard(request: HttpRequest, facts: Facts) -> Heard | None:
    """What the processes say; None outside ASGI, where this one is none of them."""
    server = getattr(request, "scope", {}).get("chat_server")
    if server is None or facts.message is None:
        return None
    asking = async_to_sync(server.inquiries.ask)
    heard: Heard = asking(
        room_id=facts.room_id, seq=facts.seq, version=facts.message.version, member_id=facts.member_id
    )
    return heard
