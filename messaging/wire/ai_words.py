"""The words by which people know what an AI wrote, where only words stand: names, notifications, staff's pages."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from messaging.wire.protocol import MessageObject, encode

BY_ASSISTANT = "assistant"  # a kind of messages
KIND = b'"kind":"assistant"'  # in a frame `chat` of it
KIND_WITHIN_BYTES = 128  # only the type and three numbers stand before it, nothing that anybody wrote


def speaker_of(message: MessageObject) -> str:
    """Who says it, by a name that tells an AI as one."""
    return marked_name(message.nick_name) if message.kind == BY_ASSISTANT else message.nick_name


def marked_name(name: str) -> str:
    """The assistant's name, whatever a room calls it, with the mark."""
    return _("%(name)s (AI)") % {"name": name}


def label_of(kind: str, *, model: str, assisted: bool) -> str:
    """What stands beside the text; "" where no AI had a part in it."""
    if kind == BY_ASSISTANT:
        return _("AI · %(model)s") % {"model": model} if model else _("AI")
    return _("Written with the help of AI") if assisted else ""


def for_v1(frame: bytes, message: MessageObject) -> bytes:
    """The frame `chat` of the assistant for clients that know no kinds: its name says what it is."""
    with translation.override(settings.LANGUAGE_CODE):
        name = speaker_of(message)
    return frame.replace(b'"nickName":%b' % encode(message.nick_name), b'"nickName":%b' % encode(name), 1)
