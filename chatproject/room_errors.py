"""What keeps a member from something in a room that is kept: as `errors`, whose table these belong to."""

from django.utils.translation import gettext_lazy as _

from chatproject.errors import ChatError


class RankTooLow(ChatError):
    http_status, code = 403, "E-MO001"
    default_message = _("You may do that only to members below you.")


class Muted(ChatError):
    http_status, code = 403, "E-MO002"
    default_message = _("You cannot write in this room for now.")


class TooSoon(ChatError):
    http_status, code = 429, "E-MO003"
    default_message = _("This room is in slow mode. Please wait a moment.")


class ReadOnlyRoom(ChatError):
    http_status, code = 403, "E-MO004"
    default_message = _("Only managers write in this room.")


class MessageHidden(ChatError):
    http_status, code = 409, "E-MO005"
    default_message = _("The message is hidden.")


class MessageHeld(ChatError):
    """Stored, and waits for a manager. `held_id` is its number."""

    http_status, code = 409, "E-MO006"
    default_message = _("A manager looks at your message before others see it.")

    def __init__(self, held_id: int | None = None) -> None:
        self.held_id = held_id
        super().__init__()


class MessageRefused(ChatError):
    http_status, code = 422, "E-MO007"
    default_message = _("The message has words that are not written here.")


class AlreadyDecided(ChatError):
    http_status, code = 409, "E-MO008"
    default_message = _("That was decided already.")


class TooManyManagers(ChatError):
    http_status, code = 409, "E-MO009"
    default_message = _("A room has at most 10 managers.")


class TooLateToObject(ChatError):
    http_status, code = 409, "E-MO010"
    default_message = _("You can no longer object to that.")


class ClaimedByAnother(ChatError):
    http_status, code = 409, "E-MO011"
    default_message = _("Somebody else is working on that.")


class NothingThere(ChatError):
    """A sanction, case, held message, request or concern that is not there, or not for the caller's eyes."""

    http_status, code = 404, "E-MO012"
    default_message = _("There is no such entry.")
