"""Files in a bucket of S3 or of what speaks like it, by the client of django-storages."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Lock
from typing import Any

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from urllib3.exceptions import HTTPError

from chatproject.file_errors import NoSuchFile
from messaging.files.storage.growing import GrowingObject
from messaging.files.storage.places import CHUNK_BYTES, LISTED_AT_ONCE, Lying, Page, Readable, failures

CONNECT_WITHIN_S, READ_WITHIN_S, TRIES = 2, 10, 2
_CONFIG = Config(
    connect_timeout=CONNECT_WITHIN_S,
    read_timeout=READ_WITHIN_S,
    retries={"total_max_attempts": TRIES, "mode": "standard"},
    max_pool_connections=16,
    # several that speak like S3 know no checksums in trailers, which boto3 sends of its own accord
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
_MISSING = ("404", "NoSuchKey", "NotFound")


def _failures() -> AbstractContextManager[None]:
    return failures(of=(BotoCoreError, ClientError, HTTPError, OSError), is_missing=_is_missing)


def _is_missing(error: Exception) -> bool:
    return isinstance(error, ClientError) and error.response.get("Error", {}).get("Code") in _MISSING


class Bucket:
    """See Place. `storage` is an S3Storage of django-storages."""

    def __init__(self, storage: Any) -> None:
        self._storage = storage
        storage.client_config = storage.client_config.merge(_CONFIG)
        self.name: str = storage.bucket_name
        self._made: Any = None
        self._making = Lock()

    @property
    def client(self) -> Any:
        """Boto3's, one for all threads: each of its own takes a tenth of a second and megabytes to make."""
        with self._making:
            if self._made is None:
                self._made = self._storage.connection.meta.client
            return self._made

    def fetch(self, name: str, into: Path) -> int:
        with _failures(), into.open("wb") as file:
            body = self.client.get_object(Bucket=self.name, Key=name)["Body"]
            for chunk in body.iter_chunks(4 * CHUNK_BYTES):  # fails where the connection ends before the object
                file.write(chunk)
            return file.tell()

    def put(self, name: str, path: Path, media_type: str) -> None:
        with _failures(), path.open("rb") as file:
            self.client.put_object(Bucket=self.name, Key=name, Body=file, ContentType=media_type)

    def size_of(self, name: str) -> int | None:
        try:
            with _failures():
                size: int = self.client.head_object(Bucket=self.name, Key=name)["ContentLength"]
                return size
        except NoSuchFile:
            return None

    def delete(self, names: Sequence[str]) -> None:
        with _failures():
            for name in names:  # one by one: not all that speak like S3 know how to delete several
                self.client.delete_object(Bucket=self.name, Key=name)

    def page(self, folder: str, *, after: str = "") -> Page:
        asked = {"ContinuationToken": after} if after else {}
        with _failures():
            page = self.client.list_objects_v2(
                Bucket=self.name, Prefix=f"{folder}/", MaxKeys=LISTED_AT_ONCE, **asked
            )
        lying = [Lying(one["Key"], one["LastModified"], one["Size"]) for one in page.get("Contents", ())]
        return Page(lying, page["NextContinuationToken"] if page["IsTruncated"] else None)

    def begin(self, name: str) -> GrowingObject:
        return GrowingObject(self.client, self.name, name, failures=_failures)

    def open(self, name: str) -> Readable:
        with _failures():
            body: Readable = self.client.get_object(Bucket=self.name, Key=name)["Body"]
            return body

    def read(self, file: Readable, most_bytes: int) -> bytes:
        with _failures():
            return file.read(most_bytes)

    def check(self) -> None:
        with _failures():
            self.client.put_object(Bucket=self.name, Key="check", Body=b"written")

    def tidy(self) -> None:
        """A bucket keeps nothing that was not put whole."""

    def form_for(self, name: str, *, size: int, within_s: int) -> dict[str, Any]:
        conditions = [["content-length-range", size, size]]
        with _failures():
            form: dict[str, Any] = self.client.generate_presigned_post(
                self.name, name, Fields={}, Conditions=conditions, ExpiresIn=within_s
            )
            return form

    def address_of(self, name: str, *, media_type: str, disposition: str, within_s: int) -> str:
        asked = {"ResponseContentType": media_type, "ResponseContentDisposition": disposition}
        with _failures():
            address: str = self.client.generate_presigned_url(
                "get_object", Params={"Bucket": self.name, "Key": name, **asked}, ExpiresIn=within_s
            )
            return address
