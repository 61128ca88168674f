"""What goes wrong with files: as `errors`, whose table these belong to."""

from django.utils.translation import gettext_lazy as _

from chatproject.errors import ChatError


class NoSuchFile(ChatError):
    """Not there, or not for the caller's eyes."""

    http_status, code = 404, "E-FI001"
    default_message = _("There is no such file.")


class FileTooLarge(ChatError):
    http_status, code = 413, "E-FI002"
    default_message = _("The file is too large.")


class KindRefused(ChatError):
    http_status, code = 415, "E-FI003"
    default_message = _("Files of this kind cannot be sent.")


class FileNotThere(ChatError):
    """Its upload is not done yet."""

    http_status, code = 409, "E-FI004"
    default_message = _("The file has not arrived yet.")


class FileSent(ChatError):
    http_status, code = 409, "E-FI005"
    default_message = _("The file was sent already.")


class FileRefused(ChatError):
    http_status, code = 422, "E-FI006"
    default_message = _("The file cannot be sent: it is damaged, harmful or not what it says.")


class WrongLength(ChatError):
    http_status, code = 400, "E-FI007"
    default_message = _("The file has another length than was announced.")


class FileQuotaUsed(ChatError):
    """The member's, of a day."""

    http_status, code = 429, "E-FI008"
    default_message = _("You have sent as many files as you may today.")


class NoSpaceLeft(ChatError):
    """The room's share is used up, or the site's."""

    http_status, code = 409, "E-FI009"
    default_message = _("There is no space left for files here.")


class FileStoreUnavailable(ChatError):
    http_status, code = 503, "E-FI010"
    default_message = _("Files cannot be stored or read right now. Please try again.")


class FilesOff(ChatError):
    http_status, code = 403, "E-FI011"
    default_message = _("Files cannot be sent here.")


class AddressEnded(ChatError):
    """A signed address to upload to or to get a file at is too old, or none of ours."""

    http_status, code = 403, "E-FI012"
    default_message = _("This address is good no more.")
