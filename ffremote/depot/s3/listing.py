"""What is in a bucket: objects and unfinished uploads below a prefix, and their removal."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

from botocore.exceptions import ClientError

from ..protocol import DepotAway, Entry
from .bucket import Bucket
from .errors import code_of, translated

PAGE = 1000
HALF_A_PAGE = "The object store sent half of a list: it has more, and does not say where."
_NOT_SEVERAL = frozenset(
    {"NotImplemented", "MissingContentMD5", "InvalidRequest", "MethodNotAllowed", "InvalidDigest"}
)


def entries(bucket: Bucket, under: str) -> Iterator[Entry]:
    """Yield the objects whose keys begin with `under`, in pages of a thousand."""
    place: dict[str, str] = {}
    while True:
        with translated():
            page = bucket.client.list_objects_v2(
                Bucket=bucket.address.bucket,
                Prefix=bucket.address.prefix + under,
                MaxKeys=PAGE,
                **place,
            )
        now = _now(page)
        for each in page.get("Contents", ()):
            age = (now - each["LastModified"]).total_seconds()
            yield Entry(bucket.key(each["Key"]), int(each["Size"]), age)
        if not page.get("IsTruncated"):
            return
        place = {"ContinuationToken": _next(page, "NextContinuationToken", place.values())}


def unfinished(bucket: Bucket, under: str) -> Iterator[tuple[str, str, float]]:
    """Yield the key, the id and the age of each upload in parts that was not completed."""
    place: dict[str, str] = {}
    while True:
        with translated():
            page = bucket.client.list_multipart_uploads(
                Bucket=bucket.address.bucket, Prefix=bucket.address.prefix + under, **place
            )
        now = _now(page)
        for each in page.get("Uploads", ()):
            age = (now - each["Initiated"]).total_seconds()
            yield bucket.key(each["Key"]), each["UploadId"], age
        if not page.get("IsTruncated"):
            return
        key = _next(page, "NextKeyMarker", ())
        place = {"KeyMarker": key, "UploadIdMarker": page.get("NextUploadIdMarker") or ""}


def _now(page: dict[str, Any]) -> datetime:
    """Return the time of an answer by the server's clock."""
    return parsedate_to_datetime(page["ResponseMetadata"]["HTTPHeaders"]["date"])


def _next(page: dict[str, Any], name: str, before: Any) -> str:
    place = page.get(name)
    if not place or place in before:
        raise DepotAway(HALF_A_PAGE)
    return str(place)


def remove(bucket: Bucket, keys: Sequence[str]) -> None:
    """Remove objects; one that is not there is no error."""
    for start in range(0, len(keys), PAGE):
        batch = keys[start : start + PAGE]
        if len(batch) == 1 or not _remove_at_once(bucket, batch):
            for key in batch:
                with translated():
                    bucket.client.delete_object(**bucket.name(key))


def _remove_at_once(bucket: Bucket, keys: Sequence[str]) -> bool:
    """Remove up to a thousand objects; return False if the server cannot do it for several."""
    names = [{"Key": bucket.name(key)["Key"]} for key in keys]
    try:
        with translated():
            answer = bucket.client.delete_objects(
                Bucket=bucket.address.bucket, Delete={"Objects": names, "Quiet": True}
            )
    except DepotAway as exc:
        cause = exc.__cause__
        if isinstance(cause, ClientError) and code_of(cause) in _NOT_SEVERAL:
            return False
        raise
    if failed := answer.get("Errors"):
        raise DepotAway(
            f"The object store did not remove {len(failed)} of {len(keys)} files: "
            f"{failed[0].get('Code', 'no reason')}."
        )
    return True


def abort(bucket: Bucket, key: str, upload: str) -> None:
    """Remove the parts of an upload; one that is not there is no error."""
    try:
        with translated():
            bucket.client.abort_multipart_upload(**bucket.name(key), UploadId=upload)
    except DepotAway as exc:
        cause = exc.__cause__
        if not (isinstance(cause, ClientError) and code_of(cause) == "NoSuchUpload"):
            raise
