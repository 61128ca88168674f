"""The admin's pages of files: which there are, what they take, and one of them looked at or taken away by staff.

No row is written or deleted by hand: something lies in the store, and a message says what became of it.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chatproject.errors import ChatError
from messaging.acting import carry_out
from messaging.admin_conversation import address_of
from messaging.file_models import File
from messaging.files import staff
from messaging.files.using import use_of_files
from messaging.models import Message
from messaging.store.acts import FilesAct
from rooms.models import Room
from rooms.moderation.sanctions import REASON_MAX_CHARACTERS

if TYPE_CHECKING:
    FileAdminBase = admin.ModelAdmin[File]
else:  # the admin's classes take no type parameter at run time
    FileAdminBase = admin.ModelAdmin

ROOMS_FOUND_MOST = 50  # by name


@admin.register(File)
class FileAdmin(FileAdminBase):
    """Who may view files sees the list; who may change them looks at what was reported, and takes away."""

    fields = [
        *("name", "room", "message", "uploader", "media_type", "size", "kept_size", "width", "height", "alt"),
        *("state", "reason", "is_held", "is_preview", "created_at", "expires_at"),
    ]
    list_display = ["name", "room", "message", "uploader", "media_type", "size_in_words", "state", "created_at"]
    list_filter = ["state", "is_held", "reason"]
    list_select_related = ["uploader"]
    search_fields = ["=file_id", "=room_id", "=uploader__member_id"]
    search_help_text = _("Number of a file, a room or a member, or the name of a room or a member")
    ordering = ["-file_id"]
    show_full_result_count = False
    actions = None
    change_list_template = "admin/messaging/file/list.html"
    change_form_template = "admin/messaging/file/page.html"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("messaging.view_file") or _may_act(request)

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        own = [
            path("use/", wrap(self.use_view), name="messaging_file_use"),
            path("<path:object_id>/look/", wrap(self.look_view), name="messaging_file_look"),
            path("<path:object_id>/take-away/", wrap(self.take_away_view), name="messaging_file_take_away"),
        ]
        return [*own, *super().get_urls()]

    # --- the list

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[File], search_term: str
    ) -> tuple[QuerySet[File], bool]:
        term = search_term.strip()
        if not term or (term.isascii() and term.isdigit() and len(term) < 19):
            return super().get_search_results(request, queryset, term)
        rooms = Room.objects.filter(name__startswith=term).values_list("pk", flat=True)[:ROOMS_FOUND_MOST]
        return queryset.filter(Q(room_id__in=list(rooms)) | Q(uploader__nickname__startswith=term)), False

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The page with the names of its rooms, read once for all its lines."""
        changes = super().get_changelist_instance(request)
        rows = list(changes.result_list)
        rooms = Room.objects.in_bulk({row.room_id for row in rows})
        for row in rows:
            row.its_room = rooms.get(row.room_id)
        changes.result_list = rows
        return changes

    @admin.display(description=_("room"), ordering="room_id")
    def room(self, file: File) -> str:
        room = file.its_room if hasattr(file, "its_room") else Room.objects.filter(pk=file.room_id).first()
        return f"{file.room_id} · {room or '-'}"

    @admin.display(description=_("message"))
    def message(self, file: File) -> str:
        """Leads to what was said around it."""
        if file.seq is None:
            return "-"
        return format_html('<a href="{}">{}</a>', address_of(file.room_id, file.seq), file.seq)

    @admin.display(description=_("size"), ordering="size")
    def size_in_words(self, file: File) -> str:
        return filesizeformat(file.size)

    # --- one file

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        file = self.get_object(request, unquote(object_id))
        about = {} if file is None else _about(request, file)
        return super().change_view(request, object_id, form_url, {**about, **(extra_context or {})})

    def look_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A page with the address. Reached by a form alone, since each look is in the log."""
        file = self._require(request, object_id)
        try:
            addresses = staff.look_at(file_id=file.pk, staff_id=request.user.pk, now=timezone.now())
        except ChatError as error:
            return self._back(request, file, error)
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": file.name}
        return TemplateResponse(
            request, "admin/messaging/file/look.html", {**context, "file": file, "addresses": addresses}
        )

    def take_away_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        file, reason = self._require(request, object_id), request.POST.get("reason", "")
        try:
            taken = staff.take_away(file_id=file.pk, staff_id=request.user.pk, reason=reason, now=timezone.now())
            if taken.seq is not None:
                _tell(request, taken.room_id, taken.seq)
        except ChatError as error:
            return self._back(request, file, error)
        self.log_change(request, file, reason)
        self.message_user(request, _("Taken away: nobody gets it any more."))
        return self._back(request, file)

    def _require(self, request: HttpRequest, object_id: str) -> File:
        if request.method != "POST" or not _may_act(request):
            raise PermissionDenied
        file = self.get_object(request, unquote(object_id))
        if file is None:
            raise Http404
        return file

    def _back(self, request: HttpRequest, file: File, error: ChatError | None = None) -> HttpResponse:
        if error is not None:
            self.message_user(request, str(error.message), messages.ERROR)
        return HttpResponseRedirect(reverse("admin:messaging_file_change", args=[file.pk]))

    # --- what they take

    def use_view(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": _("What files take")}
        use = use_of_files(now=timezone.now())
        return TemplateResponse(request, "admin/messaging/file/use.html", {**context, "use": use})


def _may_act(request: HttpRequest) -> bool:
    return request.user.has_perm("messaging.change_file")


def _about(request: HttpRequest, file: File) -> dict[str, Any]:
    may_act = _may_act(request)
    message = Message.objects.filter(room_id=file.room_id, seq=file.seq).only("pk").first() if file.seq else None
    return {
        "may_look": may_act and staff.may_be_looked_at(file),
        "may_take_away": may_act and file.state != File.State.GONE,
        "reason_max": REASON_MAX_CHARACTERS,
        "its_message": message,
    }


def _tell(request: HttpRequest, room_id: int, seq: int) -> None:
    """Where it is not stored now, it is said by the next sweep."""
    with suppress(ChatError):  # or it is gone itself
        carry_out(request, FilesAct(room_id=room_id, seq=seq))
