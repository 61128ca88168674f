"""What all of it comes to: one verdict, and the sentence that says it. Pure.

First what happened, then why not: a message that was handed to a socket was delivered, whatever else there is.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from messaging.delivery.room_inbox import NEWEST_TOLD
from messaging.inquiry.facts import Facts
from messaging.inquiry.inquiries import Heard
from messaging.inquiry.questions import TOLD, Socket

# delivered: it reached them; not: it did not, and this is why; unknown: nobody can say
Outcome = Literal["delivered", "not", "unknown"]
EXIT_CODES: dict[Outcome, int] = {"delivered": 0, "not": 1, "unknown": 2}


class Verdict(NamedTuple):
    outcome: Outcome
    because: str  # a word for scripts, that does not change with the language
    says: str


def judge(facts: Facts, heard: Heard | None) -> Verdict:
    """`heard` None: no process was asked, since there is no way to them."""
    sockets = [one for answer in heard.answers for one in answer.sockets] if heard is not None else []
    return (
        _of_what_is_not_there(facts)
        or _with_a_but(_of_what_was_read(facts) or _of_what_was_handed(sockets), facts)
        or _of_who_is_out(facts)
        or _with_a_but(_of_inboxes(sockets), facts)
        or _of_open_sockets(sockets, facts)
        or _of_who_is_away(facts, heard)
    )


def _of_what_is_not_there(facts: Facts) -> Verdict | None:
    words = {"member": facts.member_id, "room": facts.room_id, "seq": facts.seq, "last": facts.last_seq}
    if not facts.is_room_known:
        return Verdict("unknown", "no-room", _("There is no room %(room)d.") % words)
    if not facts.is_member_known:
        return Verdict("unknown", "no-member", _("There is no member %(member)d.") % words)
    if facts.message is not None:
        return None
    if facts.seq > facts.last_seq:
        says = _("It was not stored: the last message of room %(room)d is %(last)d.") % words
        return Verdict("not", "not-stored", says)
    if facts.seq < facts.first_seq:
        says = _("It is gone: messages of room %(room)d are kept for so long only, and it was older.") % words
        return Verdict("unknown", "no-longer-kept", says)
    return Verdict("unknown", "no-message", _("Room %(room)d has no message %(seq)d.") % words)


def _of_what_was_read(facts: Facts) -> Verdict | None:
    place = facts.place
    if place is None or place.read_seq < facts.seq or place.joined_seq >= facts.seq:
        return None
    if facts.message is not None and facts.message.sender_id == facts.member_id:
        return Verdict("delivered", "own", _("Delivered: member %d wrote it.") % facts.member_id)
    if facts.has_only_spoken:
        return None
    return Verdict("delivered", "read", _("Delivered: a client of theirs has read up to it, or further."))


def _of_what_was_handed(sockets: Sequence[Socket]) -> Verdict | None:
    handed = [one for one in sockets if one.handed in TOLD]
    if not handed:
        return None
    times = [one.handed_at for one in handed if one.handed_at is not None]
    when = clock(min(times)) if times else _("a time that is no longer remembered")
    stuck = [one for one in handed if one.may_wait]
    if len(stuck) == len(handed):
        says = _(
            "Handed over, but it may not have arrived: at %(when)s it was put into a socket that is not read "
            "fast enough; %(bytes)d bytes wait there."
        ) % {"when": when, "bytes": max(one.unsent_bytes for one in stuck)}
        return Verdict("not", "slow-reader", says)
    says = _("Delivered: at %(when)s it was handed to %(count)d of their sockets.")
    return Verdict("delivered", "handed", says % {"when": when, "count": len(handed)})


def _with_a_but(verdict: Verdict | None, facts: Facts) -> Verdict | None:
    """It got there, and may not be seen there all the same."""
    if verdict is None or verdict.outcome != "delivered" or facts.message is None:
        return verdict
    if facts.message.deleted_at is not None:
        but = _("It was deleted at %s.") % moment(facts.message.deleted_at)
    elif facts.message.hidden_at is not None:
        but = _("It was hidden at %s: members see a placeholder.") % moment(facts.message.hidden_at)
    elif facts.blocks_author:
        but = _("They block its author, so their client folds it away.")
    else:
        return verdict
    return verdict._replace(says=f"{verdict.says} {but}")


def _of_who_is_out(facts: Facts) -> Verdict | None:
    """They are not in the room, or were not when it was said, or are not shown it."""
    place, message = facts.place, facts.message
    assert message is not None
    if place is None:
        removals = [one for one in facts.sanctions if one.what == "remove" and not one.is_over]
        if removals:
            says = _("They are not in the room: they were removed at %s.") % moment(removals[-1].at)
            return Verdict("not", "removed", says)
        return Verdict("not", "not-in-room", _("They are not in the room, so it was not for them."))
    if place.joined_seq >= facts.seq:
        says = _("They were not in the room: they came in after message %(joined)d, and this is message %(seq)d.")
        return Verdict("not", "came-later", says % {"joined": place.joined_seq, "seq": facts.seq})
    if message.deleted_at is not None:
        says = _("It was deleted at %s, before a client of theirs had read it.") % moment(message.deleted_at)
        return Verdict("not", "deleted", says)
    if message.hidden_at is not None:
        says = _("It was hidden at %s: members see a placeholder.") % moment(message.hidden_at)
        return Verdict("not", "hidden", says)
    return None


def _of_inboxes(sockets: Sequence[Socket]) -> Verdict | None:
    times = [one.handed_at for one in sockets if one.handed == "inbox" and one.handed_at is not None]
    if not times:
        return None
    says = _(
        "Their list of rooms was told at %(when)s how far the room is; of a second in which much is said it has "
        "the newest %(most)d messages only."
    )
    return Verdict("delivered", "inbox", says % {"when": clock(min(times)), "most": NEWEST_TOLD})


def _of_open_sockets(sockets: Sequence[Socket], facts: Facts) -> Verdict | None:
    """Somebody is connected, and was not handed it."""
    open_ones = [one for one in sockets if one.went_at is None and (one.came_at is None or one.place)]
    if not open_ones:
        return None
    assert facts.message is not None
    if any(one.handed == "history" for one in open_ones):
        says = _(
            "It was there before their client subscribed, which said nothing of what it knew: such a client reads "
            "the history itself."
        )
        return Verdict("delivered", "history", says)
    behind = [one for one in open_ones if one.known is not None and one.known < facts.message.version]
    if behind:
        says = _(
            "Not delivered yet: their process is at change %(known)d of the room, and the message is change "
            "%(version)d. Within some seconds it reads what it lacks from the database."
        ) % {"known": max(one.known or 0 for one in behind), "version": facts.message.version}
        return Verdict("not", "behind", says)
    if any(one.place == "joins" for one in open_ones):
        return Verdict("not", "joining", _("Not delivered yet: their client is just subscribing to the room."))
    if all(not one.place for one in open_ones):
        return Verdict("not", "not-listening", _not_listening())
    if any(one.handed == "maybe" for one in open_ones):
        return Verdict("unknown", "forgotten", _forgotten())
    return None


def _of_who_is_away(facts: Facts, heard: Heard | None) -> Verdict:
    if heard is None:
        says = _("Nobody can say here: without Redis the server is asked on its admin page only.")
        return Verdict("unknown", "not-asked", says)
    if not heard.is_layer_up:
        says = _("Redis is away, so the other processes could not be asked.")
        return Verdict("unknown", "redis-away", says)
    sockets = [one for answer in heard.answers for one in answer.sockets]
    if any(one.handed in ("maybe", "history") for one in sockets):
        return Verdict("unknown", "forgotten", _forgotten())
    if heard.silent:
        says = _("Processes that answered did not hand it over; these did not answer: %s.")
        return Verdict("unknown", "silent", says % ", ".join(sorted(heard.silent)))
    if not heard.answers:
        return Verdict("unknown", "nobody", _("No server answered: none is running, or none reaches this Redis."))
    if any(one.went_at is None for one in sockets):
        return Verdict("not", "not-listening", _not_listening())
    return Verdict("not", "away", _("Not delivered: no client of theirs is connected. ") + _notified(facts, heard))


def _not_listening() -> str:
    return _("Not delivered: their client is connected, but subscribed neither to the room nor to its inbox.")


def _forgotten() -> str:
    return _("Nobody can say: the processes no longer remember that time.")


def _notified(facts: Facts, heard: Heard) -> str:
    """Of a member who is away: what became of the notification."""
    notes = [note for answer in heard.answers for note in answer.notified]
    if any(note.what == "sent" for note in notes):
        return _("A notification was sent.")
    if notes:
        return _("A notification was not sent: %s.") % name_of_note(notes[-1].what)
    place, message = facts.place, facts.message
    assert place is not None
    assert message is not None
    if not facts.browsers:
        return _("They are not notified in any browser.")
    if place.notify == "none":
        return _("They want no notifications of this room.")
    if facts.blocks_author:
        return _("They block its author, so they were not notified.")
    if place.notify == "mentions" and not (message.mentions_member or message.mentions_all):
        return _("They want notifications of mentions and keywords only.")
    return _("Of a notification nothing is remembered.")


def name_of_note(what: str) -> str:
    """What became of a notification, as people read it."""
    return {
        "looked": _("they looked at the chat just then"),
        "looks": _("they look at the chat"),
        "none": _("no browser of theirs is left"),
        "sent": _("sent"),
        "gone": _("the browser is gone"),
        "failed": _("the push service did not take it"),
        "alone": _("the push service is left alone for a while after failures"),
        "dropped": _("too many waited"),
    }.get(what, what)


def clock(seconds: float) -> str:
    return moment(datetime.fromtimestamp(seconds, UTC))


def moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M:%S}"


def silent_words(silent: dict[str, float]) -> Iterable[str]:
    """Each with since when it has been silent."""
    for process, ago_s in sorted(silent.items()):
        yield _("%(process)s (last heard %(seconds)d s ago)") % {"process": process, "seconds": round(ago_s)}
