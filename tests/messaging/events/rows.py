"""Events as whoever sends them has them in hand."""

from typing import Any

from chatproject.outgoing.composing import Row
from chatproject.outgoing.models import OutgoingEvent


def rows(**where: Any) -> list[Row]:
    """Those that were recorded, in their order."""
    found = OutgoingEvent.objects.filter(**where).order_by("pk")
    return [Row(*row) for row in found.values_list(*Row._fields)]
