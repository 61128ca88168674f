"""What the acts of the audit log are called, by the words under which `audit` keeps them. No rules.

Who logs an act of their own adds a line. An act without one is shown under its key.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: dict[str, Promise] = {
    "mute": _("muted"),
    "mute_lifted": _("mute lifted"),
    "remove": _("removed from the room"),
    "removal_lifted": _("removal lifted"),
    "terms_changed": _("reason or end changed"),
    "put_in": _("put into the room"),
    "hide": _("message hidden"),
    "unhide": _("hidden message shown again"),
    "measure": _("temporary measure"),
    "measure_ended": _("temporary measure ended"),
    "delete": _("message deleted"),
    "pin": _("notice put up"),
    "unpin": _("notice taken down"),
    "assistant": _("assistant of the room changed"),
    "answer_stopped": _("answer stopped"),
    "step_back": _("the assistant stepped back"),
    "filter_block": _("message refused"),
    "filter_flag": _("message flagged"),
    "hold": _("message held"),
    "release": _("held message released"),
    "reject": _("held message rejected"),
    "filter_changed": _("filter rule made or deleted"),
    "objection": _("objected"),
    "objection_decided": _("objection decided"),
    "role": _("role changed"),
    "rules": _("rules of the room changed"),
    "join_code": _("join code renewed"),
    "admit": _("let into the room"),
    "turn_away": _("not let into the room"),
    "invite": _("invitation made"),
    "invite_ended": _("invitation ended"),
    "case_decided": _("case decided"),
    "reporter_slowed": _("reporter slowed"),
    "reporter_freed": _("reporter no longer slowed"),
    "file_seen": _("file looked at"),
    "file_taken": _("file taken away"),
    "private_room_read": _("private chat read"),
    "delivery_asked": _("asked how a message was delivered"),
    "concern_seen": _("concern seen"),
    "concern_closed": _("concern closed"),
    "duty_taken": _("on duty"),
    "duty_left": _("off duty"),
    "tokens_revoked": _("signed out everywhere"),
    "token_revoked": _("one token revoked"),
    "export_asked": _("export of a member's data asked for"),
    "export_fetched": _("export of a member's data fetched"),
    "log_exported": _("audit log exported"),
    "log_pruned": _("old entries of the log deleted"),
    "hold_made": _("legal hold made"),
    "hold_lifted": _("legal hold lifted"),
    "held_record_seen": _("record of a hold looked at"),
    "room_made": _("room made"),
    "room_renamed": _("room renamed"),
    "room_deleted": _("room deleted"),
    "taken_out": _("taken out of the room"),
    "notice": _("notice said"),
    "member_named": _("member named"),
    "member_age": _("age said"),
    "disconnected": _("sockets ended"),
    "erasure_asked": _("erasure asked for"),
    "erased": _("member erased"),
    "key_made": _("key of the main server made"),
    "key_ended": _("key of the main server ended"),
}


def name_of_act(act: str) -> str:
    """The act as people read it."""
    return str(ACTS.get(act, act))
