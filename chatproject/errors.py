"""Every failure that a client can see: class, HTTP status, wire code, message. Nothing raises here.

The table is the wire contract's. Services raise these; `chatproject.http.api` and `messaging.sockets` tell them.
"""

from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ChatError(Exception):
    """A refusal with a wire code. `retry_after` is in seconds and set where waiting helps."""

    http_status: ClassVar[int] = 500
    code: ClassVar[str] = "E-S001"
    default_message: ClassVar[str | Promise] = _("Something went wrong on our side.")

    def __init__(self, message: str | Promise | None = None, *, retry_after: float | None = None) -> None:
        self.message = self.default_message if message is None else message
        self.retry_after = retry_after
        self.details: dict[str, str] = {}  # what else programs are told over HTTP, by its key
        super().__init__(self.code)

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class InvalidInput(ChatError):
    http_status, code = 400, "E-C001"
    default_message = _("The request is malformed or a value is out of range.")


class TooLarge(ChatError):
    http_status, code = 413, "E-C002"
    default_message = _("The message or body is too large.")


class TooSlow(InvalidInput):
    http_status = 408
    default_message = _("The request did not come in time.")


class HeadersTooLarge(TooLarge):
    http_status = 431
    default_message = _("The request's headers are too large: are there many cookies?")


class TwoEnds(InvalidInput):
    default_message = _("A request has a Content-Length or a Transfer-Encoding, not both.")


class NotGroupRoom(ChatError):
    http_status, code = 400, "E-C003"
    default_message = _("The room is not a group room.")


class TooManyRequests(ChatError):
    http_status, code = 429, "E-C004"
    default_message = _("Too many requests. Please wait a moment.")


class MethodNotAllowed(ChatError):
    http_status, code = 405, "E-C005"
    default_message = _("This method is not allowed here.")


class PathNotFound(ChatError):
    http_status, code = 404, "E-C006"
    default_message = _("There is no such path.")


class NotAuthenticated(ChatError):
    http_status, code = 401, "E-AU001"
    default_message = _("The access token is not valid.")


class MissingToken(NotAuthenticated):
    default_message = _("The access token is missing.")


class MalformedToken(NotAuthenticated):
    default_message = _("The access token is malformed.")


class ExpiredToken(NotAuthenticated):
    default_message = _("The access token has expired.")


class WrongTokenCategory(NotAuthenticated):
    default_message = _("This token is not an access token.")


class RevokedToken(NotAuthenticated):
    default_message = _("This access token is good no more: you were signed out.")


class TicketRefused(NotAuthenticated):
    default_message = _("The ticket was used, has expired, or is meant for somebody else.")


class TokenNotYetValid(NotAuthenticated):
    default_message = _("The access token is not valid yet.")


class TokenForOthers(NotAuthenticated):
    default_message = _("The access token is meant for another service.")


class NotAllowed(ChatError):
    http_status, code = 403, "E-AU002"
    default_message = _("You may not do that.")


class OriginNotAllowed(ChatError):
    """A page that opens no socket here; it may read this refusal, so that it need not look like a broken line."""

    http_status, code = 403, "E-AU003"
    default_message = _("This site may not use the chat server: its address is not among ROUTE_FRONT.")


class NotInRoom(NotAllowed):
    default_message = _("You are not in this room.")


class BlockedFromRoom(NotAllowed):
    default_message = _("You were removed from this room and cannot come back.")


class MemberNotFound(ChatError):
    http_status, code = 404, "E-M001"
    default_message = _("There is no such member.")


class RoomNotFound(ChatError):
    http_status, code = 404, "E-R001"
    default_message = _("There is no such room.")


class RoomNameTaken(ChatError):
    http_status, code = 409, "E-R002"
    default_message = _("A room of that name exists already.")


class CannotWrite(ChatError):
    http_status, code = 403, "E-M002"
    default_message = _("You cannot open a conversation with this member.")


class WrongJoinCode(ChatError):
    http_status, code = 403, "E-R003"
    default_message = _("This room needs a join code, and that is not it.")


class JoinAsked(ChatError):
    http_status, code = 403, "E-R004"
    default_message = _("You asked to join. A manager of the room will decide.")


class InviteEnded(ChatError):
    http_status, code = 404, "E-R005"
    default_message = _("The invitation has ended.")


class RoomDeleted(ChatError):
    """Staff deleted the room. Its name, and why, are for those who were in it."""

    http_status, code = 410, "E-R006"
    default_message = _("The room was deleted.")

    def __init__(self, *, room_name: str = "", why: str = "") -> None:
        super().__init__()
        self.details = {"roomName": room_name, "why": why}


class MessageNotFound(ChatError):
    http_status, code = 404, "E-MS001"
    default_message = _("There is no such message.")


class NotYourMessage(ChatError):
    http_status, code = 403, "E-MS002"
    default_message = _("You can edit or delete only your own messages.")


class TooLate(ChatError):
    http_status, code = 409, "E-MS003"
    default_message = _("The message is too old to be changed.")


class TooLateToEdit(TooLate):
    default_message = _("The message can no longer be edited.")


class TooLateToDelete(TooLate):
    default_message = _("The message can no longer be deleted.")


class MessageDeleted(ChatError):
    http_status, code = 410, "E-MS004"
    default_message = _("The message was deleted.")


class UnknownReaction(ChatError):
    http_status, code = 400, "E-MS005"
    default_message = _("There is no such reaction.")


class TooManyReactions(ChatError):
    http_status, code = 409, "E-MS006"
    default_message = _("A message has at most 20 different reactions.")


class ManagersOnly(ChatError):
    http_status, code = 403, "E-MS007"
    default_message = _("Only managers of the room may do that.")


class AssistantUnavailable(ChatError):
    http_status, code = 503, "E-A001"
    default_message = _("The assistant is not configured or switched off.")


class ModelFailed(ChatError):
    http_status, code = 502, "E-A002"
    default_message = _("The assistant failed or did not answer in time.")


class ModelRefused(ChatError):
    http_status, code = 422, "E-A003"
    default_message = _("The assistant will not answer this for safety reasons.")


class AssistantBudgetSpent(ChatError):
    http_status, code = 429, "E-A004"
    default_message = _("The assistant's budget is used up for now.")


class AssistantNotForMember(ChatError):
    http_status, code = 403, "E-A005"
    default_message = _("The assistant is not there for this account.")


class InternalError(ChatError):
    """A fault of ours; what happened is in the log and never in the answer."""


class StoreUnavailable(ChatError):
    http_status, code = 503, "E-S002"
    default_message = _("Messages cannot be stored or read right now. Please try again.")
