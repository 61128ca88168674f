"""What a notification says, in the language of the browser that shows it. Pure."""

import json
from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from messaging.push.deciding import Wanted
from messaging.wire.ai_words import speaker_of
from messaging.wire.file_words import in_words

TEXT_MAX_CHARACTERS = 160  # a telephone shows about that much
NAME_MAX_CHARACTERS = 60
LANGUAGES = ("ko", "en")


def words_for(wanted: Wanted, *, room_name: str, unread: int, language: str) -> bytes:
    """What the page's service worker reads (service-worker-push.js): JSON, and short enough for a push."""
    with translation.override(language):
        title, body = _said(wanted, room_name)
    room_id, member_id = wanted.room.pk, wanted.member_id
    said = {
        "memberId": member_id,
        "roomId": room_id,
        "seq": wanted.message.seq,
        "title": title,
        "body": body,
        "unread": unread,
        "language": language,
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def language_of(wanted: str) -> str:
    """One that there are words in."""
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def _said(wanted: Wanted, room_name: str) -> tuple[str, str]:
    room, message = wanted.room, wanted.message
    if room.is_counselling:  # not even which room it is: others see the screen
        return _("Community chat"), _counted(wanted)
    name = _cut(speaker_of(message), NAME_MAX_CHARACTERS)
    title = _cut(room_name, NAME_MAX_CHARACTERS) if room.is_group_chat else name
    if not (wanted.previews and room.allows_previews):
        return title, _unsaid(wanted, name)
    text = _cut(in_words(message.message, message.attachments), TEXT_MAX_CHARACTERS)
    line = f"{name}: {text}" if room.is_group_chat and name else text
    if wanted.number == 1:
        return title, line
    return title, _("%(line)s and %(count)d more") % {"line": line, "count": wanted.number - 1}


def _unsaid(wanted: Wanted, name: str) -> str:
    sentences: dict[str, Callable[[], str]] = {
        "mention": lambda: _("%(name)s mentioned you.") % {"name": name},
        "everyone": lambda: _("%(name)s mentioned everyone.") % {"name": name},
        "keyword": lambda: _("A message has one of your keywords."),
    }
    return sentences.get(wanted.reason, lambda: _counted(wanted))()


def _counted(wanted: Wanted) -> str:
    if wanted.number == 1:
        return _("A new message")
    return _("%(count)d new messages") % {"count": wanted.number}


def _cut(text: str, most: int) -> str:
    line = " ".join(text[: 4 * most].split())
    return line if len(line) <= most else f"{line[: most - 1]}…"
