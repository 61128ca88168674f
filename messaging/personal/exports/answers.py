"""What is told of a member's export, to them and to the main server: how far it is, and where it is got."""

from datetime import datetime
from typing import Any

from chatproject.http.openapi import COUNT, Json, object_of, optional
from chatproject.tokens import Caller
from messaging.personal.exports.links import link_for
from messaging.personal_models import Export
from messaging.wire.times import wire_time

NONE = "none"  # nobody asked
TIME: Json = {"type": "string", "format": "date-time"}
EXPORT = object_of(
    state={"enum": [NONE, *Export.State.values]},
    askedAt=optional(TIME),
    until={**optional(TIME), "description": "So long it can be had, once it is ready."},
    size={**COUNT, "description": "Bytes."},
    link={
        **optional({"type": "string"}),
        "description": "A path below this server, or an address: who has it gets the zip. It ends with `until`,"
        " with the tokens of the member that are good now, and with the member.",
    },
)
WAITING_EXAMPLE = {
    "state": "waiting",
    "askedAt": "2026-11-30T09:00:00.123456Z",
    "until": None,
    "size": 0,
    "link": None,
}
READY_EXAMPLE = {
    "state": "ready",
    "askedAt": "2026-11-30T09:00:00.123456Z",
    "until": "2026-12-01T09:00:21.654321Z",
    "size": 4_812_004,
    "link": "/v1/files/export.5.7.1796029200.~c2lnbmF0dXJl",
}


def export_object(export: Export | None, *, caller: Caller | None, now: datetime) -> dict[str, Any]:
    """`caller`: whose token asks; None for the main server."""
    if export is None:
        return {"state": NONE, "askedAt": None, "until": None, "size": 0, "link": None}
    link = link_for(export, caller=caller, now=now)
    state = Export.State.GONE if export.state == Export.State.READY and link is None else export.state
    is_ready = state == Export.State.READY
    return {
        "state": str(state),
        "askedAt": wire_time(export.asked_at),
        "until": wire_time(export.expires_at) if is_ready and export.expires_at else None,
        "size": export.size if is_ready else 0,
        "link": link,
    }
