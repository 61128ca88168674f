"""An object of a bucket that is sent in parts while it is made: no part of it lies on a disk of ours."""

from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any

from chatproject.file_errors import FileStoreUnavailable

# a part has 5 MiB at least and an object 10,000 parts at most: 80 GB, with one part in memory
PART_BYTES = 8 * 1024 * 1024


class GrowingObject:
    """See Growing. What is small goes in one request. `client` is boto3's."""

    def __init__(
        self, client: Any, bucket: str, name: str, *, failures: Callable[[], AbstractContextManager[None]]
    ) -> None:
        self._client, self._failures = client, failures
        self._object = {"Bucket": bucket, "Key": name}
        self._upload_id: str | None = None
        self._parts: list[dict[str, Any]] = []
        self._unsent = bytearray()

    def write(self, chunk: bytes) -> None:
        self._unsent += chunk
        while len(self._unsent) >= PART_BYTES:
            self._send(bytes(self._unsent[:PART_BYTES]))
            del self._unsent[:PART_BYTES]

    def finish(self) -> None:
        if self._upload_id is None:
            with self._failures():
                self._client.put_object(**self._object, Body=bytes(self._unsent))
            return
        if self._unsent:
            self._send(bytes(self._unsent))
        with self._failures():
            parts = {"Parts": self._parts}
            self._client.complete_multipart_upload(**self._object, UploadId=self._upload_id, MultipartUpload=parts)
        self._upload_id = None

    def discard(self) -> None:
        if self._upload_id is not None:
            with suppress(FileStoreUnavailable), self._failures():
                self._client.abort_multipart_upload(**self._object, UploadId=self._upload_id)

    def _send(self, part: bytes) -> None:
        with self._failures():
            if self._upload_id is None:
                begun = self._client.create_multipart_upload(**self._object)
                self._upload_id = begun["UploadId"]
            number = len(self._parts) + 1
            sent = self._client.upload_part(**self._object, UploadId=self._upload_id, PartNumber=number, Body=part)
            self._parts.append({"PartNumber": number, "ETag": sent["ETag"]})
