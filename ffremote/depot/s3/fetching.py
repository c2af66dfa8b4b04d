"""Objects to files on this disk: in sections, some at a time, hashed in order meanwhile."""

import hashlib
import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from ..protocol import DepotAway
from .bucket import Bucket, cancelling
from .reading import BLOCK_BYTES, S3Part
from .section import Section

SECTION_BYTES = 16 << 20
AT_ONCE = 4


class Stopped(DepotAway):
    """The caller did not want the file any more."""


def fetch(bucket: Bucket, key: str, size: int, path: Path, go_on: Callable[[], bool]) -> str:
    """Create `path` with the bytes of an object; return their sha256. No file is left on errors."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        try:
            return _fetch(bucket, key, size, (path, descriptor), go_on)
        finally:
            os.close(descriptor)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _fetch(
    bucket: Bucket, key: str, size: int, target: tuple[Path, int], go_on: Callable[[], bool]
) -> str:
    path, descriptor = target
    digest = hashlib.sha256()
    running: deque[tuple[int, int, Future[None]]] = deque()
    with ThreadPoolExecutor(AT_ONCE, "s3-fetch") as pool, cancelling(pool):
        for start in range(0, size, SECTION_BYTES) or (0,):
            stop = min(start + SECTION_BYTES, size)
            section = (start, stop)
            future = pool.submit(_copy, bucket, key, section, descriptor, go_on)
            running.append((start, stop, future))
            if len(running) > AT_ONCE:
                _hash_first(running, path, digest)
        while running:
            _hash_first(running, path, digest)
    return digest.hexdigest()


def _hash_first(running: deque[tuple[int, int, Future[None]]], path: Path, digest: Any) -> None:
    start, stop, future = running.popleft()
    future.result()
    with Section(path, start, stop) as section:
        while block := section.read(BLOCK_BYTES):
            digest.update(block)


def _copy(
    bucket: Bucket, key: str, section: tuple[int, int], descriptor: int, go_on: Callable[[], bool]
) -> None:
    start, stop = section
    for block in S3Part(bucket, key, start, stop).blocks():
        if not go_on():
            raise Stopped("The file is not wanted any more.")
        view = memoryview(block)
        while view:
            done = os.pwrite(descriptor, view, start)
            start, view = start + done, view[done:]
    if start != stop:
        raise DepotAway("The object store sent fewer bytes than the file has.")
