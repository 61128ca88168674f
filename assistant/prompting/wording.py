"""What the model says, piece by piece, becomes what members may see: the text of one message. Pure.

It stays text. One thing is changed: `![` of a Markdown image becomes `! [`, so that a client which renders
Markdown loads nothing from an address that somebody talked the model into (a loaded image tells its server who
reads, and what the address says). HTML is left alone: no client may render a message as HTML, whoever wrote it.
"""

import re

from chatproject.errors import ChatError, ModelFailed
from messaging.wire.content import MESSAGE_MAX_CHARACTERS, check_message

CUT_SHORT = "…"  # at the end of an answer that was not finished
TEXT_MAX_CHARACTERS = MESSAGE_MAX_CHARACTERS - len(CUT_SHORT)

_IMAGE = re.compile(r"!(?=\[)")


def without_images(text: str) -> str:
    """The text with Markdown's images made into text."""
    return _IMAGE.sub("! ", text)


class Wording:
    """One answer while it comes. `speaker` is how models begin although they are told not to."""

    def __init__(self, speaker: str) -> None:
        self._beginnings = (speaker, f">{speaker}")
        self._held = ""  # cannot be shown yet: what follows decides what it is
        self._has_begun = False
        self.text = ""  # everything that may be seen so far
        self.is_cut = False  # it was longer than a message

    def add(self, piece: str) -> str:
        """Take what the model said next; returns what that adds to `text`, "" for nothing yet."""
        self._held += piece.replace("\0", "")
        if not self._has_begun and not self._begin():
            return ""
        ready, self._held = (self._held[:-1], "!") if self._held.endswith("!") else (self._held, "")
        return self._show(ready)

    def finish(self) -> str:
        """The model has said all: what was held back for its sake."""
        ready, self._held = self._held, ""
        return self._show(ready if self._has_begun else self._without_speaker(ready))

    def message(self, *, is_whole: bool) -> str:
        """The text as a message. `is_whole` False marks it as cut short. Raises ModelFailed where there is nothing
        to be seen."""
        text = self.text.rstrip()
        try:
            check_message(text)
        except ChatError as error:
            raise ModelFailed from error
        return text if is_whole and not self.is_cut else text + CUT_SHORT

    def _begin(self) -> bool:
        """Whether enough is there to tell a name in front from the text."""
        self._held = start = self._held.lstrip()
        if any(len(start) < len(beginning) and beginning.startswith(start) for beginning in self._beginnings):
            return False
        text = self._without_speaker(start)
        if not text:
            return False
        self._held, self._has_begun = text, True
        return True

    def _without_speaker(self, text: str) -> str:
        speaker, marked = self._beginnings
        return text.lstrip().removeprefix(marked).removeprefix(speaker).lstrip()

    def _show(self, ready: str) -> str:
        ready = without_images(ready)
        room = TEXT_MAX_CHARACTERS - len(self.text)
        if len(ready) > room:
            ready, self.is_cut = ready[:room], True
        self.text += ready
        return ready
