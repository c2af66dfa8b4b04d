"""Files to objects: one PUT, or for a large file parts of equal size, some at a time.

Each request carries the MD5 of its bytes, so that the server refuses what changed on the way.
"""

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from ffremote.s3_address import MIB

from ..protocol import DepotAway
from .bucket import Bucket, cancelling
from .errors import translated
from .section import Section

log = logging.getLogger(__name__)

MAX_PARTS = 9_000  # S3 admits 10,000
AT_ONCE = 4


def part_size(smallest: int, size: int) -> int:
    """Return the size of each part but the last: whole MiB, and not too many parts."""
    wanted = -(-size // MAX_PARTS)
    return max(smallest, -(-wanted // MIB) * MIB)


def send(bucket: Bucket, path: Path, key: str, *hashes: Any) -> int:
    """Send a file as an object, which is whole when this returns; return its size.

    Its bytes are given to `hashes` in the same pass.
    """
    size = path.stat().st_size
    length = part_size(bucket.address.part_bytes, size)
    if size <= length:
        with Section(path, 0, size) as body, translated():
            checksum = body.md5(*hashes)
            bucket.client.put_object(**bucket.name(key), Body=body, ContentMD5=checksum)
    else:
        _send_parts(bucket, path, key, _cuts(size, length), hashes)
    _require_size(bucket, key, size)
    return size


def _cuts(size: int, length: int) -> list[tuple[int, int]]:
    return [(start, min(start + length, size)) for start in range(0, size, length)]


def _send_parts(
    bucket: Bucket, path: Path, key: str, cuts: list[tuple[int, int]], hashes: tuple[Any, ...]
) -> None:
    with translated():
        upload = bucket.client.create_multipart_upload(**bucket.name(key))["UploadId"]
    with _aborting(bucket, key, upload):
        etags: list[Future[str]] = []
        with ThreadPoolExecutor(AT_ONCE, "s3-part") as pool, cancelling(pool):
            for number, (start, stop) in enumerate(cuts, 1):
                _wait_for_room(etags)
                body = Section(path, start, stop)
                checksum = body.md5(*hashes)
                named = {**bucket.name(key), "UploadId": upload, "PartNumber": number}
                etags.append(pool.submit(_send_part, bucket, named, body, checksum))
        complete(bucket, key, upload, [etag.result() for etag in etags], size=cuts[-1][1])


def _wait_for_room(sent: list[Future[str]]) -> None:
    """Wait until fewer than `AT_ONCE` parts are on their way; raise the error of one."""
    running = [part for part in sent if not part.done()]
    if len(running) >= AT_ONCE:
        wait(running, return_when=FIRST_COMPLETED)
    for part in sent:
        if part.done():
            part.result()


def _send_part(bucket: Bucket, named: dict[str, Any], body: Section, checksum: str) -> str:
    with body, translated():
        answer = bucket.client.upload_part(**named, Body=body, ContentMD5=checksum)
    return str(answer["ETag"])


def complete(bucket: Bucket, key: str, upload: str, etags: list[str], *, size: int) -> None:
    """Make one object of the parts; if the answer is an error, the object itself decides.

    The server may have done it although its answer was lost, and then differs in what it says when
    it is asked again.
    """
    parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, 1)]
    try:
        with translated():
            bucket.client.complete_multipart_upload(
                **bucket.name(key), UploadId=upload, MultipartUpload={"Parts": parts}
            )
    except DepotAway:
        try:
            _require_size(bucket, key, size)
        except (FileNotFoundError, DepotAway):
            log.debug("%s is not whole", key)
        else:
            return
        raise


def _require_size(bucket: Bucket, key: str, size: int) -> None:
    """Raise DepotAway unless the server has the object with all of its bytes."""
    with translated(key):
        found = bucket.client.head_object(**bucket.name(key))["ContentLength"]
    if found != size:
        raise DepotAway(f"The object store has {found} bytes of a file of {size} bytes.")


@contextmanager
def _aborting(bucket: Bucket, key: str, upload: str) -> Iterator[None]:
    """Give up the parts after an error; those that cannot be removed now are left to the sweep."""
    try:
        yield
    except BaseException:
        _quietly(lambda: bucket.client.abort_multipart_upload(**bucket.name(key), UploadId=upload))
        raise


def _quietly(call: Callable[[], object]) -> None:
    try:
        call()
    except (ClientError, BotoCoreError) as exc:
        log.warning("the parts of an upload are left for a sweep: %s", type(exc).__name__)
