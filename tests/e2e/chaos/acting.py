"""What a client may do to the messages it has heard, chosen by chance: edit, delete, react, pin, hide. No I/O."""

import uuid
from collections import defaultdict
from random import Random

from tests.e2e.chaos.journal import Act, Message

KEYS = ("heart", "thumb", "check", "laugh", "surprise", "sad")
KINDS = {"react": 0.5, "edit": 0.23, "delete": 0.07, "pin": 0.1, "hide": 0.1}
NEWEST = 3  # are reacted to, by everybody at once
RECENT = 20  # are edited, deleted, pinned and hidden


class Actor:
    """One member, as far as it has heard its rooms. Where it `manages` it pins, and deletes and hides others'."""

    def __init__(self, member_id: int, random: Random) -> None:
        self.manages: set[int] = set()
        self._member_id, self._random = member_id, random
        self._known: defaultdict[int, dict[int, Message]] = defaultdict(dict)  # by room and seq, what stands
        self._reacted: set[tuple[int, int, str]] = set()

    def hear(self, message: Message) -> None:
        known = self._known[message.room_id]
        known.pop(message.seq, None)
        if not message.deleted_by:
            known[message.seq] = message

    def forget(self) -> None:
        """The numbers of messages mean others from now on."""
        self._known.clear()
        self._reacted.clear()

    def mentionable(self, room_id: int) -> list[int]:
        """Whoever else was heard in the room lately."""
        senders = {message.sender_id for message in list(self._known[room_id].values())[-RECENT:]}
        return sorted(senders - {self._member_id})

    def choose(self, room_id: int) -> Act | None:
        """None where there is nothing that could be done."""
        [kind] = self._random.choices(list(KINDS), list(KINDS.values()))
        known = list(self._known[room_id].values())[-RECENT:]
        is_manager = room_id in self.manages
        if kind in ("pin", "hide") and not is_manager:
            kind = "react"
        if kind == "hide":  # or show again
            known = [message for message in known if message.sender_id != self._member_id]
        elif kind != "delete":
            known = [message for message in known if not message.is_hidden]
        if kind == "react":
            known = known[-NEWEST:]
        elif kind == "edit" or (kind == "delete" and not is_manager):
            known = [message for message in known if message.sender_id == self._member_id]
        return self._do(kind, self._random.choice(known)) if known else None

    def _do(self, kind: str, message: Message) -> Act:
        place = (self._member_id, message.room_id, message.seq)
        match kind:
            case "react":
                key = self._random.choice(KEYS)
                self._reacted ^= {(message.room_id, message.seq, key)}
                is_on = (message.room_id, message.seq, key) in self._reacted
                return Act(*place, "react", key=key, is_on=is_on)
            case "edit":
                text = f"edited {uuid.UUID(int=self._random.getrandbits(128), version=4)}"  # unlike any other
                return Act(*place, "edit", text=text)
            case "pin":
                return Act(*place, "pin", is_on=not message.is_pinned)
            case "hide":
                return Act(*place, "hide", is_on=not message.is_hidden)
            case _:
                return Act(*place, "delete")
