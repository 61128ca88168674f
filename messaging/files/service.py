"""What a process has for views of files: where they lie, who checks them, who looks at what is written of them."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from asgiref.sync import async_to_sync
from django.http import HttpRequest
from rest_framework.request import Request

from chatproject.room_errors import MessageRefused
from messaging.file_models import File
from messaging.files.storage.naming import coming_name
from messaging.files.storage.store import FileStore
from messaging.files.uploads.uploading import upload_to
from messaging.moderation.screening import Verdict

Look = Callable[[int, int, str], Awaitable[Verdict | None]]


async def _see_nothing(_room_id: int, _member_id: int, _text: str) -> None:
    return None


class FileService:
    """One per process. Its methods are for the threads of views, and block."""

    def __init__(
        self, store: FileStore, *, check_soon: Callable[[], None] = lambda: None, look: Look = _see_nothing
    ) -> None:
        """`check_soon` wakes who checks files; `look` is the word filter, by room, member and text."""
        self.store, self.check_soon, self._look = store, check_soon, look

    def upload_of(self, file: File, *, now: datetime) -> dict[str, Any]:
        """Where the file's bytes go: see `upload_to`. Raises FileStoreUnavailable."""
        return async_to_sync(self.store.run)(upload_to, file, self.store.place, now=now)

    def size_that_came(self, file: File) -> int | None:
        """None: nothing yet. Raises FileStoreUnavailable."""
        return async_to_sync(self.store.size_of)(coming_name(file.key))

    def discard_what_came(self, file: File) -> None:
        """Raises FileStoreUnavailable."""
        async_to_sync(self.store.delete)([coming_name(file.key)])

    def wake_checker(self) -> None:
        """There is something to check."""
        async_to_sync(self._wake)()

    async def _wake(self) -> None:
        self.check_soon()

    def require_sayable(self, text: str, *, room_id: int, member_id: int, is_past_rules: bool) -> None:
        """Raises MessageRefused for what the word filter blocks, and for what it holds, of those whom it holds:
        what is written of a file has no place to wait."""
        verdict = async_to_sync(self._look)(room_id, member_id, text) if text else None
        if verdict is not None and (verdict.action == "block" or (verdict.action == "hold" and not is_past_rules)):
            raise MessageRefused


def files_of(request: HttpRequest | Request) -> FileService:
    """The process's; outside ASGI one for this request, which wakes nobody and looks at no words."""
    found: FileService | None = getattr(request, "scope", {}).get("files")
    return found or FileService(FileStore.of_settings())
