"""Who may see a file: where it stands, and for whose eyes that is. Pure."""

from datetime import datetime
from typing import Literal, NamedTuple

from messaging.files.downloads.addresses import Sight

# not sent yet; its message waits for a manager, is in the room, is hidden from it, or was deleted or is gone
Place = Literal["unsent", "held", "said", "hidden", "deleted"]

SEEN_BY: dict[Place, frozenset[Sight]] = {
    "unsent": frozenset({"own"}),
    "held": frozenset({"own", "managers", "staff"}),
    "said": frozenset({"room", "own", "managers", "staff"}),
    "hidden": frozenset({"managers", "staff"}),
    "deleted": frozenset({"staff"}),  # while it is kept as evidence
}


class Stops(NamedTuple):
    """What keeps a message that is there from being read."""

    deleted_at: datetime | None = None
    hidden_at: datetime | None = None


def place_of(*, seq: int | None, is_held: bool, stops: Stops | None) -> Place:
    """`stops` None: it has no message, or none any more."""
    if seq is None:
        return "held" if is_held else "unsent"
    if stops is None or stops.deleted_at is not None:
        return "deleted"
    return "said" if stops.hidden_at is None else "hidden"


def may_see(place: Place, sight: Sight) -> bool:
    return sight in SEEN_BY[place]
