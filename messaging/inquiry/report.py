"""The whole answer: the sentence, then the evidence in lines, or all of it as JSON. Pure."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, NamedTuple

import msgspec
from django.utils.translation import gettext as _

from messaging.inquiry.facts import EventFacts, Facts, Happening
from messaging.inquiry.inquiries import Heard
from messaging.inquiry.questions import Answer, Socket
from messaging.inquiry.verdict import Verdict, clock, judge, moment, name_of_note, silent_words
from rooms.models import Participant
from rooms.moderation.wording import name_of_act


class Line(NamedTuple):
    """Of the evidence."""

    about: str
    says: str


class Report(NamedTuple):
    facts: Facts
    heard: Heard | None
    verdict: Verdict
    lines: list[Line]

    def as_json(self) -> dict[str, Any]:
        """Plain values, with stable words; times as ISO 8601, of processes as seconds since 1970."""
        heard = None if self.heard is None else msgspec.to_builtins(self.heard._asdict())
        return {
            "outcome": self.verdict.outcome,
            "because": self.verdict.because,
            "says": self.verdict.says,
            "facts": msgspec.to_builtins(self.facts),
            "processes": heard,
        }


def report_of(facts: Facts, heard: Heard | None) -> Report:
    return Report(facts, heard, judge(facts, heard), list(_lines(facts, heard)))


def _lines(facts: Facts, heard: Heard | None) -> Iterator[Line]:
    if facts.message is not None:
        yield from _of_message(facts)
    if facts.is_room_known:
        yield from _of_place(facts)
    if heard is not None:
        for answer in sorted(heard.answers, key=lambda one: (not one.sockets, one.process)):
            yield from _of_process(answer)
        for words in silent_words(heard.silent):
            yield Line(_("no answer"), words)
    for event in facts.events:
        yield Line(_("main server"), _event(event))
    if facts.message is not None and not facts.events:
        says = _("no event about it is kept") if facts.endpoints else _("no endpoint is told of messages")
        yield Line(_("main server"), says)


def _of_message(facts: Facts) -> Iterator[Line]:
    message = facts.message
    assert message is not None
    words = {"at": moment(message.created_at), "version": message.version, "room": facts.room_version}
    yield Line(_("stored"), _("%(at)s; its last change is %(version)d of %(room)d of the room") % words)
    changes: Iterable[tuple[str, datetime | None]] = (
        (_("edited"), message.edited_at),
        (_("deleted"), message.deleted_at),
        (_("hidden"), message.hidden_at),
    )
    yield from (Line(what, moment(at)) for what, at in changes if at is not None)
    if message.mentions_member or message.mentions_all:
        yield Line(_("mentions"), _("them") if message.mentions_member else _("everyone"))


def _of_place(facts: Facts) -> Iterator[Line]:
    if (place := facts.place) is None:
        yield Line(_("in the room"), _("no"))
    else:
        words = {"joined": place.joined_seq, "read": place.read_seq}
        yield Line(_("in the room"), _("since after message %(joined)d; has read up to %(read)d") % words)
        yield Line(_("wants to hear of"), str(Participant.Notify(place.notify).label))
        if place.muted_until is not None:
            yield Line(_("muted"), _("until %s; who is muted reads on") % moment(place.muted_until))
    if facts.blocks_author:
        yield Line(_("blocks"), _("its author: their client folds it away"))
    for one in facts.sanctions:
        state = _("over") if one.is_over else _("holds")
        yield Line(_("sanction"), f"{_happening(one)} ({state})")
    yield from (Line(_("audit log"), _happening(one)) for one in facts.log)
    yield from (Line(_("came and went"), _happening(one)) for one in facts.comings)
    browsers = _("%d browsers want notifications") % facts.browsers
    yield Line(_("notifications"), browsers)
    if facts.signed_out_at is not None:
        yield Line(_("signed out everywhere"), moment(facts.signed_out_at))


def _happening(one: Happening) -> str:
    until = f" → {moment(one.until)}" if one.until is not None else ""
    return f"{moment(one.at)} {name_of_act(one.what)}{until}"


def _of_process(answer: Answer) -> Iterator[Line]:
    name = answer.process
    if (said := answer.announced) is not None:
        words = {"at": clock(said.at), "batch": said.batch, "size": said.size}
        told = ", ".join(said.processes) or _("nobody: no other process was known to listen there")
        yield Line(name, _("stored it at %(at)s in its batch %(batch)d of %(size)d") % words)
        yield Line(name, _("told at once: %s") % told)
    if (out := answer.let_out) is not None:
        words = {"at": clock(out.at), "listeners": out.listeners, "inboxes": out.inboxes}
        yield Line(name, _("let it out at %(at)s to %(listeners)d listeners and %(inboxes)d inboxes") % words)
    if (stream := answer.stream) is not None:
        words = {"version": stream.version or 0, "listeners": stream.listeners}
        says = _("is at change %(version)d of the room now, with %(listeners)d listeners") % words
        if stream.lacks:
            lacks = _("a change before it") if stream.lacks == "changes" else _("a check of who is in the room")
            waiting = {"waiting": stream.waiting, "lacks": lacks}
            says += "; " + _("%(waiting)d changes wait for %(lacks)s") % waiting
        yield Line(name, says)
    yield from (Line(name, _socket(one)) for one in answer.sockets)
    for note in answer.notified:
        detail = f" ({note.detail})" if note.detail else ""
        yield Line(name, _("notification at %s: ") % clock(note.at) + name_of_note(note.what) + detail)
    if not answer.sockets:
        words = {"since": clock(answer.remembers_since)}
        yield Line(name, _("has no socket of theirs, and had none that it remembers (since %(since)s)") % words)


def _socket(one: Socket) -> str:
    return "; ".join([_("socket %d") % one.number, *_of_socket(one)])


def _of_socket(one: Socket) -> Iterator[str]:
    if one.came_at is not None:
        yield _("came %s") % clock(one.came_at)
    if one.went_at is not None:
        code = _("by the client") if one.closed_with is None else str(one.closed_with)
        yield _("ended %(at)s (%(code)s)") % {"at": clock(one.went_at), "code": code}
    else:
        yield {
            "listens": _("listens to the room"),
            "joins": _("is subscribing"),
            "inbox": _("hears of the room by its inbox"),
            "": _("does not hear of the room"),
        }[one.place]
        if one.known is not None:
            yield _("was handed all up to change %d") % one.known
        yield _("%d bytes unsent") % one.unsent_bytes
        if one.looks:
            yield _("somebody looks at it")
        elif one.quiet_s is not None:
            yield _("last did something %d s ago") % round(one.quiet_s)
    at = f" {clock(one.handed_at)}" if one.handed_at is not None else ""
    yield {
        "live": _("handed it live"),
        "replay": _("handed it when it came back"),
        "inbox": _("told of it in its inbox"),
        "history": _("came later and read the history, if it did"),
        "known": _("said that it had it"),
        "maybe": _("may have been handed it: that time is forgotten"),
        "": _("was not handed it"),
    }[one.handed] + at


def _event(event: EventFacts) -> str:
    says = f"{event.event_id} {event.kind} → {event.endpoint}: {event.state}"
    if event.sent_at is not None:
        says += f" {moment(event.sent_at)}"
    if event.attempts:
        says += ", " + _("%d tries") % event.attempts
    if event.last_error:
        says += f" ({event.last_error})"
    return says
