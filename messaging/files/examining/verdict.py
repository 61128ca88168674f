"""What both processes speak of: the line that the examining one writes. Pure."""

from dataclasses import dataclass

WHOLE = "file"  # the picture made anew, in the folder that is given; a smaller one is "320.webp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is in a file. A picture, which has a width, was made anew; all else is as it came."""

    reason: str = ""  # of `File.Reason`, why it is refused
    media_type: str = ""  # of what members get
    width: int | None = None  # pixels, upright
    height: int | None = None


class Refused(Exception):
    """What was found is not taken. `reason` is one of `File.Reason`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
