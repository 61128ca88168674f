"""The frames that the wire contract lets a server send, written out once more, from the contract itself."""

import json
import re
from typing import Any

Frame = dict[str, Any]

_MESSAGE = "roomId seq version kind senderId nickName message createdAt clientId replyTo editedAt deletedAt"
MESSAGE_KEYS = frozenset(_MESSAGE.split())
_MARKS = "reactions mentions everyone pinnedAt deletedBy hiddenAt attachments preview model assisted"
_PLACE = "role slowSeconds readOnly mutedUntil firstSeq"  # of a room, and of a member in it
# type: (keys that are always there, keys that may be there)
_KEYS = {
    "welcome": ("memberId nickName expiresAt limits assistant", "reactions push epoch"),
    "subscribed": ("roomId version lastSeq readSeq recovered", f"id pinned epoch {_PLACE}"),
    "chat": (_MESSAGE, _MARKS),
    "changed": (_MESSAGE, _MARKS),
    "ack": ("roomId seq version clientId createdAt duplicate", "id"),
    "ok": ("", "id version"),
    "pong": ("", "id"),
    "error": ("code message", "id retryAfter roomId heldId"),
    "typing": ("roomId memberId nickName", ""),
    "read": ("roomId memberId seq", ""),
    "joined": ("roomId memberId nickName seq", ""),
    "left": ("roomId memberId nickName", ""),
    "assistant": ("roomId runId state", "offset text askedBy"),
    "removed": ("roomId reason", "roomName why"),
    "mine": ("roomId pinned hidden unread", ""),
    "inbox": ("roomId lastSeq", "readSeq mentionCount messages"),
    "room": ("roomId ownerId managerIds", f"roomName description joining counselling onDuty {_PLACE}"),
    "sanction": ("sanctionId roomId roomName act by reason", "seq until lifted"),
    "held": ("heldId roomId clientId state", "reason seq"),
    "moderation": ("roomId", "held cases requests concerns"),
    "report": ("reportId outcome", "reason"),
    "care": ("roomId concernId", "text textEn lines"),
    "concern": ("roomId concernId source", "seq memberId"),
    "blocked": ("memberIds", ""),
    "presence": ("members", ""),
    "bye": ("reconnectAfter", ""),
}
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
ASSISTANT_STATES = ("thinking", "writing", "done", "stopped", "failed", "blocked")
CODES = frozenset(
    [f"E-C00{number}" for number in range(1, 7)]
    + ["E-AU001", "E-AU002", "E-AU003", "E-M001", "E-M002", "E-S001", "E-S002"]
    + [f"E-R00{number}" for number in range(1, 7)]
    + [f"E-A00{number}" for number in range(1, 6)]
    + [f"E-MS00{number}" for number in range(1, 8)]
    + [f"E-MO{number:03}" for number in range(1, 13)]
    + [f"E-FI{number:03}" for number in range(1, 13)]
)


def read_frame(text: str | bytes) -> Frame:
    """What a v2 socket got, if the contract knows it; every frame of every test comes through here."""
    assert isinstance(text, str), "a binary frame"
    frame: Frame = json.loads(text, object_pairs_hook=_unique)
    kind = frame.get("type")
    assert kind in _KEYS, f"an undocumented type: {text}"
    always, sometimes = (set(keys.split()) for keys in _KEYS[kind])
    keys = frame.keys() - {"type"}
    assert always <= keys <= always | sometimes, f"undocumented or missing keys: {text}"
    _check_values(frame)
    return frame


def read_v1_message(text: str | bytes) -> Frame:
    """What a v1 socket got: nothing but messages, with the four keys of the replaced server."""
    assert isinstance(text, str), "a binary frame"
    frame: Frame = json.loads(text, object_pairs_hook=_unique)
    assert (
        {"roomId", "message", "nickName", "senderId"}
        <= frame.keys()
        <= MESSAGE_KEYS | set(_MARKS.split()) | {"type"}
    ), text
    _check_values(frame)
    return frame


def _check_values(frame: Frame) -> None:
    for name, value in frame.items():
        if name.endswith("Id") and name not in ("clientId", "runId", "senderId", "ownerId"):
            assert type(value) is int, f"{name} in {frame}"
        if name.endswith("At") and value is not None:
            assert _TIME.fullmatch(value), f"{name} in {frame}"
    if frame.get("type") == "error":
        assert frame["code"] in CODES, frame
    if frame.get("type") == "assistant":
        assert frame["state"] in ASSISTANT_STATES, frame


def _unique(pairs: list[tuple[str, Any]]) -> Frame:
    frame = dict(pairs)
    assert len(frame) == len(pairs), f"a key stands twice: {pairs}"
    return frame
