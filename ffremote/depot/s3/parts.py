"""A file in parts of equal size while it arrives; who sends which is recorded by the caller.

The server is never asked which parts it has: its lists may be older than its parts.
"""

from collections.abc import Sequence
from pathlib import Path

from botocore.exceptions import ClientError

from .. import keys
from ..protocol import DepotAway, PartsLost
from . import sending
from .bucket import Bucket
from .errors import DepotMisconfigured, code_of, translated
from .ownership import Ownership
from .section import Section

_LOST = frozenset({"NoSuchUpload", "InvalidPart", "InvalidPartOrder"})
LOST = (
    "The object store no longer has the parts of this upload that it was given; send it again from "
    "its first byte."
)


class TooSmall(PartsLost, DepotMisconfigured):
    """The parts are smaller than the server admits, which it says at the end."""


class S3Parts:
    """The parts of a file of `size` bytes."""

    def __init__(self, bucket: Bucket, ownership: Ownership, size: int) -> None:
        self._bucket, self._ownership = bucket, ownership
        self.part_bytes = sending.part_size(bucket.address.part_bytes, size)

    def begin(self, key: str) -> str:
        """Return the id of a new upload in parts."""
        keys.require_key(key)
        self._ownership.require()
        with translated():
            answer = self._bucket.client.create_multipart_upload(**self._bucket.name(key))
        return str(answer["UploadId"])

    def send(self, key: str, upload: str, number: int, section: tuple[Path, int, int]) -> str:
        """Send a part with its MD5; return its ETag."""
        named = {**self._bucket.name(key), "UploadId": upload, "PartNumber": number}
        try:
            with Section(*section) as body, translated():
                checksum = body.md5()
                answer = self._bucket.client.upload_part(**named, Body=body, ContentMD5=checksum)
        except DepotAway as exc:
            raise _explained(exc) from exc
        if "ETag" not in answer:
            raise DepotAway("The object store does not answer as it should: a part has no ETag.")
        return str(answer["ETag"])

    def link(self, key: str, upload: str, number: int, *, seconds: int) -> str:
        """Return a presigned URL; the ETag in the answer to its PUT is what proves the part."""
        named = {**self._bucket.name(key), "UploadId": upload, "PartNumber": number}
        with translated():
            link = self._bucket.signing_client.generate_presigned_url(
                "upload_part", Params=named, ExpiresIn=seconds
            )
        return str(link)

    def complete(self, key: str, upload: str, proofs: Sequence[str], *, size: int) -> None:
        """Make one object of the parts, by their ETags."""
        try:
            sending.complete(self._bucket, key, upload, list(proofs), size=size)
        except DepotAway as exc:
            raise _explained(exc) from exc

    def keep_piece(self, key: str, section: tuple[Path, int, int]) -> None:
        """Send a section as an object."""
        keys.require_key(key)
        self._ownership.require()
        with Section(*section) as body, translated():
            checksum = body.md5()
            self._bucket.client.put_object(**self._bucket.name(key), Body=body, ContentMD5=checksum)


def _explained(exc: DepotAway) -> DepotAway:
    """Return PartsLost for an error after which the parts are of no use."""
    cause = exc.__cause__
    code = code_of(cause) if isinstance(cause, ClientError) else ""
    if code == "EntityTooSmall":
        return TooSmall(exc.message)
    return PartsLost(LOST) if code in _LOST else exc
