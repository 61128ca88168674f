"""The admin's page of what was said in a room. A private one opens to those who say why, which is logged."""

import time
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from messaging.models import Message
from messaging.wire.ai_words import label_of
from messaging.wire.file_words import in_words
from messaging.wire.marks import marks_of
from rooms.models import Room
from rooms.moderation import audit
from rooms.moderation.audit import REASON_MAX_CHARACTERS, Actor, Deed

LINES = 100  # of a page
OPEN_S = 30 * 60  # after a reason was given: long enough to read, too short to forget that one reads
OPENED = "private_rooms_opened"  # in the session: room number -> until when, in seconds since 1970
SEQ_MAX = 2**63 - 1
SAID = ("contents", "marks")  # the columns that have words of it

if TYPE_CHECKING:
    ConversationBase = admin.ModelAdmin[Message]
else:
    ConversationBase = admin.ModelAdmin


def is_open(request: HttpRequest, room: Room) -> bool:
    """Whether what was said there may be shown to who asks: in a private room only after a reason was given."""
    return room.is_group_chat or request.session.get(OPENED, {}).get(str(room.pk), 0) > time.time()


def address_of(room_id: int, seq: int | None = None) -> str:
    """Of the page, at that message."""
    address = reverse("admin:messaging_message_conversation", args=[room_id])
    return address if seq is None else f"{address}?seq={seq}#said-{seq}"


class WhyForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason, kept in the audit log"),
        max_length=REASON_MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
    )


class ConversationPages(ConversationBase):
    """The pages beside the list of messages. Whoever may look at messages may read group rooms."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.conversation_view)
        return [path("room/<int:room_id>/", view, name="messaging_message_conversation"), *super().get_urls()]

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Not by what was said: an address that finds a message by its words tells those of private ones, too."""
        return not lookup.startswith(SAID) and super().lookup_allowed(lookup, value, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """One message with its earlier texts; of a private room only while that is open."""
        message = self.get_object(request, unquote(object_id))
        if message is not None and not is_open(request, message.room):
            return HttpResponseRedirect(address_of(message.room_id, message.seq))
        return super().change_view(request, object_id, form_url, extra_context)

    def conversation_view(self, request: HttpRequest, room_id: int) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        room = get_object_or_404(Room.objects, pk=room_id)
        if not is_open(request, room):
            form = WhyForm(request.POST if request.method == "POST" else None)
            if request.method != "POST" or not form.is_valid():
                return self._page(request, "ask_why.html", room, form=form)
            _open(request, room, form.cleaned_data["reason"])
            return HttpResponseRedirect(request.get_full_path())
        lines = _lines(room, request)
        here = lines[0].seq if lines else 0
        is_older = bool(lines) and room.messages.filter(seq__lt=lines[0].seq).exists()
        is_newer = bool(lines) and room.messages.filter(seq__gt=lines[-1].seq).exists()
        return self._page(
            request,
            "conversation.html",
            room,
            lines=[(line, _shown(line), label_of_message(line)) for line in lines],
            marked=_number(request, "seq"),
            older=here if is_older else None,
            newer=lines[-1].seq if is_newer else None,
        )

    def _page(self, request: HttpRequest, template: str, room: Room, **context: Any) -> TemplateResponse:
        shown = {**self.admin_site.each_context(request), "opts": self.opts, "title": str(room), "room": room}
        return TemplateResponse(request, f"admin/messaging/message/{template}", {**shown, **context})


def _open(request: HttpRequest, room: Room, reason: str) -> None:
    deed = Deed(
        room_id=room.pk,
        act="private_room_read",
        by=Actor.staff(request.user.pk),
        at=timezone.now(),
        reason=reason,
    )
    audit.record(deed)
    now = time.time()
    still = {number: until for number, until in request.session.get(OPENED, {}).items() if until > now}
    request.session[OPENED] = {**still, str(room.pk): now + OPEN_S}


def _lines(room: Room, request: HttpRequest) -> list[Message]:
    """A page, oldest first: around `seq`, before or after a number, else the newest."""
    said = room.messages.select_related("sender")
    if seq := _number(request, "seq"):
        older = list(said.filter(seq__lte=seq).order_by("-seq")[: LINES // 2])
        return [*reversed(older), *said.filter(seq__gt=seq).order_by("seq")[: LINES // 2]]
    if after := _number(request, "after"):
        return list(said.filter(seq__gt=after).order_by("seq")[:LINES])
    before = _number(request, "before") or SEQ_MAX
    return list(said.filter(seq__lt=before).order_by("-seq")[:LINES])[::-1]


def _number(request: HttpRequest, name: str) -> int | None:
    written = request.GET.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else None


def _shown(message: Message) -> str:
    return in_words(message.contents, marks_of(message.marks).attachments)


def label_of_message(message: Message) -> str:
    """What says that an AI wrote it, or helped; "" for neither."""
    marks = marks_of(message.marks)
    return label_of(message.kind, model=marks.model, assisted=marks.assisted)


def hidden_words() -> str:
    """What stands in lists in the place of what was said in a private room."""
    return _("(said in a private chat)")
