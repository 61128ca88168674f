"""Whether what the clients did explains what is stored of a message and of a room's notice. Pure.

The database decides the order, and clients see only when they sent and were answered. So one act surely came after
another if it was sent after the other was settled; what is stored must be the work of one that nothing
acknowledged surely came after. An act that was never answered, or sent twice, may have happened at any time since,
or never.
"""

from collections.abc import Callable, Iterable, Sequence

from tests.e2e.chaos.journal import Act, Message, Said

UNASKED, UNDONE = "asked for by nobody", "acknowledged otherwise"
Complaint = tuple[str, str]  # UNASKED or UNDONE, and what


def last_acts(acts: Sequence[Act], overrides: Callable[[Act, Act], bool]) -> list[Act]:
    """Those that may have had the last word; `overrides(later, earlier)` says whether nothing is left of the
    earlier one then."""
    return [
        act
        for act in acts
        if act.may_have_happened
        and not any(
            other.is_done and other.sent_at[0] > act.settled_at and overrides(other, act) for other in acts
        )
    ]


def always(_later: Act, _earlier: Act) -> bool:
    return True


def explain_message(stored: Message, said: Said | None, acts: Sequence[Act]) -> Iterable[Complaint]:
    """What `acts`, all that were done to it, leave unexplained of a message."""
    deletions = [act for act in acts if act.kind == "delete"]
    if stored.deleted_by:
        by = {
            "author" if act.member_id == stored.sender_id else "moderator"
            for act in deletions
            if act.may_have_happened
        }
        if stored.deleted_by not in by:
            yield UNASKED, f"deleted by its {stored.deleted_by}"
        return
    if any(act.is_done for act in deletions):
        yield UNDONE, "deleted"
    yield from _explain_text(stored, said, [act for act in acts if act.kind == "edit"])
    yield from _explain_reactions(stored, [act for act in acts if act.kind == "react"])
    yield from _explain_hiding(stored, [act for act in acts if act.kind == "hide"])
    newest = max((act.version for act in acts if act.is_done), default=0)
    if stored.version < newest:
        yield UNDONE, f"at version {newest}"


def _explain_text(stored: Message, said: Said | None, edits: Sequence[Act]) -> Iterable[Complaint]:
    if said is None:
        return  # which is a fault of its own
    texts = {edit.text for edit in last_acts(edits, always)}
    if not any(edit.is_done for edit in edits):
        texts.add(said.text)
    if stored.text not in texts:
        is_known = stored.text in {said.text, *(edit.text for edit in edits)}
        yield UNDONE if is_known else UNASKED, f"the text {stored.text[:60]!r}"
    elif stored.is_edited != (stored.text != said.text):
        yield UNDONE, "shown as edited or not"
    if stored.mentions != (() if stored.is_hidden else said.mentions):
        yield UNDONE, f"mentions {said.mentions}"


def _explain_reactions(stored: Message, acts: Sequence[Act]) -> Iterable[Complaint]:
    has = set(stored.reactions or ())
    by_reaction: dict[tuple[str, int], list[Act]] = {reaction: [] for reaction in has}
    for act in acts:
        by_reaction.setdefault((act.key, act.member_id), []).append(act)
    for reaction, own in by_reaction.items():
        states = {act.is_on for act in last_acts(own, always)}
        if not any(act.is_done and act.is_on for act in own):
            states.add(False)  # as it was at the beginning
        if (reaction in has) not in states:
            yield UNDONE if own else UNASKED, f"reaction {reaction}, stored: {reaction in has}"


def _explain_hiding(stored: Message, acts: Sequence[Act]) -> Iterable[Complaint]:
    states = {act.is_on for act in last_acts(acts, always)}
    if not any(act.is_done for act in acts):
        states.add(False)
    if stored.is_hidden not in states:
        yield UNDONE if acts else UNASKED, f"hidden: {stored.is_hidden}"


def explain_pin(pinned: int | None, acts: Sequence[Act]) -> Iterable[Complaint]:
    """`acts` are all pins, deletions and hidings of a room."""
    last = last_acts(acts, _moves_pin)
    if pinned is not None:
        if not any(act.kind == "pin" and act.is_on and act.seq == pinned for act in last):
            yield UNDONE if any(act.seq == pinned for act in acts) else UNASKED, f"no. {pinned} is pinned"
        return
    pins = [act for act in acts if act.kind == "pin" and act.is_on]
    were_on_top = {act.seq for act in pins}
    is_taken_down = any(act not in pins and act.seq in were_on_top for act in last)
    if not is_taken_down and any(act.is_done for act in pins):
        yield UNDONE, "something is pinned"


def _moves_pin(later: Act, earlier: Act) -> bool:
    """Another one on top, or the same one taken down."""
    if later.kind == "pin" and later.is_on:
        return not (earlier.kind == "pin" and earlier.is_on and earlier.seq == later.seq)
    return earlier.kind == "pin" and earlier.is_on and earlier.seq == later.seq
