"""Where people help, and the sentences that were reviewed: data, with the day on which each was checked."""

from dataclasses import dataclass

from messaging.care_models import CareText, HelpLine
from messaging.wire.room_frames import HelpLineObject


@dataclass(frozen=True, slots=True)
class Card:
    """What the card for its author says, in both languages. Empty where nothing could be read."""

    text: str = ""
    text_en: str = ""
    lines: tuple[HelpLineObject, ...] = ()


def read_card() -> Card:
    text = CareText.objects.filter(use=CareText.Use.CARD).first()
    lines = HelpLine.objects.filter(is_active=True).order_by("position", "pk")
    return Card(
        text=text.text if text else "",
        text_en=text.text_en if text else "",
        lines=tuple(_shown(line) for line in lines),
    )


def assistant_text(*, is_korean: bool) -> str:
    """What the assistant says in place of a model; "" where staff left it empty."""
    text = CareText.objects.filter(use=CareText.Use.ASSISTANT).first()
    if text is None:
        return ""
    return text.text if is_korean else text.text_en or text.text


def _shown(line: HelpLine) -> HelpLineObject:
    return HelpLineObject(
        kind=line.kind,  # type: ignore[arg-type]  # the same choices
        name=line.name,
        name_en=line.name_en,
        number=line.number,
        address=line.address,
        hours=line.hours,
        hours_en=line.hours_en,
        checked_on=line.checked_on.isoformat(),
    )
