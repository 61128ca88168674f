"""What the main server is told when its call is refused: as `chatproject.errors`, with codes of its own."""

from django.utils.translation import gettext_lazy as _

from chatproject.errors import ChatError


class KeyRefused(ChatError):
    http_status, code = 401, "E-SV001"
    default_message = _("The key is missing, not valid or has ended.")


class ScopeMissing(ChatError):
    http_status, code = 403, "E-SV002"
    default_message = _("The key is not good for that.")


class CallRunning(ChatError):
    http_status, code = 409, "E-SV003"
    default_message = _("A call with this Idempotency-Key is being worked on.")


class OtherCall(ChatError):
    http_status, code = 422, "E-SV004"
    default_message = _("This Idempotency-Key was used for another call.")


class MembersElsewhere(ChatError):
    http_status, code = 409, "E-SV005"
    default_message = _("Members are kept in the main server's own table; change them there.")
