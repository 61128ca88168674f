"""The signed address at which an export is got. Who has it gets the file, for as long as it is kept.

It is made for whoever may have it, and ends with the tokens of the time when it was made.
"""

from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.core.signing import BadSignature, Signer

from chatproject.file_errors import AddressEnded
from chatproject.tokens import Caller
from messaging.files.downloads.addresses import PATH
from messaging.personal_models import Export

PREFIX = "export."  # tells it from a file's, which begins with a number
LONGEST = 250  # characters of what is signed; ours have up to 150
_SALT = "where an export is got"


class Link(NamedTuple):
    """What a signed address says: whose it is, and by which token it was asked for."""

    export_id: int
    member_id: int
    issued_at: int  # seconds since the epoch: the token's, or when it was made without one
    token_id: str  # "" for none

    @property
    def caller(self) -> Caller:
        """As whom it is checked against what was revoked."""
        return Caller(
            member_id=self.member_id,
            role="USER",
            expires_at=0.0,
            issued_at=float(self.issued_at),
            token_id=self.token_id or None,
        )


def link_for(export: Export, *, caller: Caller | None, now: datetime) -> str | None:
    """A path of ours, below FILES_ORIGIN where one is set; None where there is nothing to get. `caller` None: for
    the main server and staff."""
    if export.state != Export.State.READY or export.expires_at is None or export.expires_at <= now:
        return None
    issued_at = int(caller.issued_at) if caller else int(now.timestamp())
    token_id = (caller.token_id if caller else None) or ""
    said = f"{PREFIX}{export.pk}.{export.member_id}.{issued_at}.{token_id}"
    return f"{settings.FILES.origin}{PATH}{_signer().sign(said)}"


def is_link(signed: str) -> bool:
    return signed.startswith(PREFIX)


def read_link(signed: str) -> Link:
    """Raises AddressEnded for what we never signed."""
    try:
        if len(signed) > LONGEST:
            raise BadSignature  # noqa: TRY301
        export_id, member_id, issued_at, token_id = _signer().unsign(signed).removeprefix(PREFIX).split(".")
    except BadSignature:
        raise AddressEnded from None
    return Link(int(export_id), int(member_id), int(issued_at), token_id)


def _signer() -> Signer:
    return Signer(salt=_SALT, sep="~")
