"""What stands for files where only words do: to clients of the older protocol, in notifications, to the assistant.

How many there are, and whether they are pictures; no name, which is a text of a member's. In the site's language.
"""

from collections.abc import Collection

import msgspec
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

from messaging.wire import ai_words
from messaging.wire.ai_words import KIND, KIND_WITHIN_BYTES
from messaging.wire.marks import Attachment
from messaging.wire.protocol import MessageObject, encode

_ENDS = b"}]}", b"}}"  # of a message object whose last field is `attachments`, or `preview`
_decode = msgspec.json.Decoder(MessageObject).decode  # passes over what else a frame has


def words_of(attachments: Collection[Attachment]) -> str:
    """Such as "(사진 2장)(파일)"; "" for none."""
    if not attachments:
        return ""
    pictures = sum(one.type.startswith("image/") for one in attachments)
    with translation.override(settings.LANGUAGE_CODE):
        return _pictures(pictures) + _files(len(attachments) - pictures)


def _pictures(count: int) -> str:
    if count > 1:
        return gettext("(%(count)d photos)") % {"count": count}
    return gettext("(photo)") if count else ""


def _files(count: int) -> str:
    if count > 1:
        return gettext("(%(count)d files)") % {"count": count}
    return gettext("(file)") if count else ""


def in_words(contents: str, attachments: Collection[Attachment]) -> str:
    """The text, or what stands for files where there is none."""
    return contents or words_of(attachments)


def for_v1(frame: bytes) -> bytes:
    """The frame `chat` as the older protocol has it, which knows no files and no kinds: never without a text, and
    an AI has a name that says so."""
    if frame.find(KIND, 0, KIND_WITHIN_BYTES) != -1:  # with the next line all that nearly every message costs here
        return ai_words.for_v1(frame, _decode(frame))
    if not frame.endswith(_ENDS):  # the cheapest look, for each message passes here
        return frame
    if b'"attachments":[' not in frame or b',"message":"",' not in frame:  # no text has these: quotes are escaped
        return frame
    words = encode(words_of(_decode(frame).attachments))
    return frame.replace(b',"message":"",', b',"message":%b,' % words, 1)
