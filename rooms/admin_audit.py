"""The admin's page of the audit log: to search and to export. Nobody adds, changes or deletes anything here."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.utils import label_for_field
from django.contrib.admin.views.main import SEARCH_VAR
from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from chatproject.server_api.models import ServerKey
from chatproject.spreadsheets import csv_bytes
from rooms.audit_models import AuditEntry
from rooms.models import Member, Room
from rooms.moderation import audit
from rooms.moderation.audit import Actor, Deed
from rooms.moderation.wording import ACTS, name_of_act

if TYPE_CHECKING:
    AuditAdminBase = admin.ModelAdmin[AuditEntry]
else:
    AuditAdminBase = admin.ModelAdmin

Kind = AuditEntry.Actor

EXPORTED_MOST = 50_000  # entries in one file; a spreadsheet takes a million lines, a request not so many seconds
FOUND_MOST = 200  # members or rooms whose name has the words in it; more say that the words are too short
COLUMNS = (
    *(
        "at",
        "room_id",
        "number",
        "act",
        "actor_kind",
        "actor_id",
        "member_id",
        "seq",
        "reason",
        "until",
        "details",
    ),
    "digest",
)


class ActFilter(admin.SimpleListFilter):
    """By what was done, in words."""

    title = _("act")
    parameter_name = "act"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        return sorted(((act, str(name)) for act, name in ACTS.items()), key=lambda choice: choice[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(act=self.value()) if self.value() else queryset


class AuditAdmin(AuditAdminBase):
    readonly_fields = [
        "at",
        "room",
        "number",
        "act_name",
        "who",
        "whom",
        "seq",
        "reason",
        "until",
        "details",
        "digest",
    ]
    list_display = ["at", "room", "act_name", "who", "whom", "seq", "reason", "until"]
    list_filter = [ActFilter, "actor_kind", "at"]
    search_fields = ["reason"]
    search_help_text = _("A number, or part of a room's name, of a nickname or of a reason")
    ordering = ["-entry_id"]
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        term = search_term.strip().lower()
        if not term:
            return queryset, False
        rooms = Room.objects.alias(lowered=Lower("name")).filter(lowered__contains=term)
        members = Member.objects.alias(lowered=Lower("nickname")).filter(lowered__contains=term)
        member_ids = list(members.values_list("pk", flat=True)[:FOUND_MOST])
        found = Q(lowered_reason__contains=term) | Q(member_id__in=member_ids)
        found |= Q(room_id__in=list(rooms.values_list("pk", flat=True)[:FOUND_MOST]))
        found |= Q(actor_kind=Kind.MEMBER, actor_id__in=member_ids)
        if term.isascii() and term.isdigit() and len(term) < 19:
            found |= Q(room_id=int(term)) | Q(member_id=int(term)) | Q(actor_id=int(term))
        return queryset.alias(lowered_reason=Lower("reason")).filter(found), False

    # --- what is shown: names where there are any, and links to everything else of the same room or member

    def get_changelist_instance(self, request: HttpRequest) -> Any:
        """The page with the names of those whom it is about, read once for all its lines."""
        changes = super().get_changelist_instance(request)
        entries = list(changes.result_list)
        names = _read_names(entries)
        for entry in entries:
            entry.names = names
        changes.result_list = entries
        return changes

    @admin.display(description=_("act"), ordering="act")
    def act_name(self, entry: AuditEntry) -> str:
        return name_of_act(entry.act)

    @admin.display(description=_("room"), ordering="room_id")
    def room(self, entry: AuditEntry) -> str:
        if entry.room_id == audit.SITE:
            return str(_("the whole site"))
        rooms = _names_at(entry).rooms
        return _link({"room_id": entry.room_id}, rooms.get(entry.room_id) or f"#{entry.room_id}")

    @admin.display(description=_("who"))
    def who(self, entry: AuditEntry) -> str:
        names = _names_at(entry).by_kind.get(entry.actor_kind, {})
        kind = entry.get_actor_kind_display()
        if entry.actor_id is None:
            return kind
        condition = {"actor_kind__exact": entry.actor_kind, "actor_id": entry.actor_id}
        return _link(condition, f"{kind} {names.get(entry.actor_id) or ''} #{entry.actor_id}")

    @admin.display(description=_("member"), ordering="member_id")
    def whom(self, entry: AuditEntry) -> str:
        if entry.member_id is None:
            return "-"
        members = _names_at(entry).by_kind[Kind.MEMBER]
        return _link({"member_id": entry.member_id}, f"{members.get(entry.member_id) or ''} #{entry.member_id}")

    # --- the export

    def get_urls(self) -> list[URLPattern]:
        export = path("export/", self.admin_site.admin_view(self.export), name="rooms_auditentry_export")
        return [export, *super().get_urls()]

    def export(self, request: HttpRequest) -> HttpResponse:
        """What the list shows with the same filters, the newest first, as CSV; logged itself."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        entries = self.get_changelist_instance(request).get_queryset(request)[:EXPORTED_MOST]
        rows = list(entries.values_list(*COLUMNS))
        head = [str(label_for_field(column, AuditEntry, self)) for column in COLUMNS]
        content = csv_bytes(head, _lines(rows))
        now = timezone.now()
        deed = Deed(
            room_id=audit.SITE,
            act="log_exported",
            by=Actor.staff(request.user.pk),
            at=now,
            details={"entries": len(rows), "filter": _without_words(request.GET)},
        )
        audit.record(deed)
        name = f"audit-log-{timezone.localtime(now):%Y%m%d-%H%M}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class _Names(NamedTuple):
    """What those are called who are in some entries, by their numbers: rooms, and who acted or whom it met."""

    rooms: dict[int, str | None]
    by_kind: dict[str, dict[int, str]]


def _read_names(entries: Collection[AuditEntry]) -> _Names:
    wanted: dict[str, set[int]] = defaultdict(set)
    for entry in entries:
        if entry.actor_id is not None:
            wanted[entry.actor_kind].add(entry.actor_id)
        if entry.member_id is not None:
            wanted[Kind.MEMBER].add(entry.member_id)
    members = Member.objects.in_bulk(wanted[Kind.MEMBER])
    accounts = get_user_model().objects.in_bulk(wanted[Kind.STAFF])
    keys = ServerKey.objects.filter(pk__in=wanted[Kind.SERVER]).values_list("pk", "name")
    return _Names(
        rooms=dict(Room.objects.filter(pk__in={one.room_id for one in entries}).values_list("pk", "name")),
        by_kind={
            Kind.MEMBER: {number: one.nickname for number, one in members.items()},
            Kind.STAFF: {number: one.get_username() for number, one in accounts.items()},
            Kind.SERVER: dict(keys),
        },
    )


def _names_at(entry: AuditEntry) -> _Names:
    known: _Names | None = getattr(entry, "names", None)
    return known or _read_names([entry])


def _link(condition: dict[str, Any], words: str) -> str:
    address = reverse("admin:rooms_auditentry_changelist", query=condition)
    return format_html('<a href="{}">{}</a>', address, words)


def _without_words(filters: QueryDict) -> str:
    """How the list was filtered. What was searched for may be a name, and nothing is ever taken out of the log."""
    return "&".join(f"{name}={'…' if name == SEARCH_VAR else value}" for name, value in filters.items() if value)[
        :500
    ]


def _lines(rows: Iterable[tuple[Any, ...]]) -> Iterator[list[Any]]:
    for at, room_id, number, act, kind, actor_id, member_id, seq, reason, until, *rest in rows:
        end = until and timezone.localtime(until).isoformat()
        when, who = timezone.localtime(at).isoformat(), Kind(kind).label
        yield [when, room_id, number, name_of_act(act), who, actor_id, member_id, seq, reason, end, *rest]
