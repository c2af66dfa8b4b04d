"""What uploads to a bucket are compared with: a bare program that does the same work with boto3.

It writes the bytes of a connection to a file, hashes them in another thread, sends each full part
from the file, three at a time, and completes the object. There is no HTTP, no row, no second try.
"""

import base64
import hashlib
import os
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.parts.keeping import keep
from benchmarks.transfers.rivals import ROOT, Address
from ffremote.depot.s3.bucket import Bucket
from ffremote.s3_address import PART_MIB, parse

BLOCK = 1 << 20
PART = PART_MIB << 20
AT_ONCE = 3


@contextmanager
def running(target: Path, url: str, environ: dict[str, str]) -> Iterator[Address]:
    """Run the program in a process; its file is `target`."""
    argv = [sys.executable, "-m", "benchmarks.fleet.bare_uploader", str(target), url]
    child = subprocess.Popen(
        argv, cwd=ROOT, env=os.environ | environ, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        try:
            yield ("127.0.0.1", int(child.stdout.readline()))
        finally:
            child.terminate()


def _serve(target: str, url: str) -> None:
    bucket = Bucket(parse(url))
    pool = ThreadPoolExecutor(AT_ONCE)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            with client, Path(target).open("w+b", buffering=0) as file:
                _receive(client, file.fileno(), bucket, pool)
                client.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")


def _receive(client: socket.socket, file: int, bucket: Bucket, pool: ThreadPoolExecutor) -> None:
    name = bucket.name(f"bare/{uuid.uuid4().hex}")
    upload = bucket.client.create_multipart_upload(**name)["UploadId"]
    etags: list[Future[str]] = []

    def send(start: int, stop: int) -> None:
        pending = [each for each in etags if not each.done()]
        if len(pending) > AT_ONCE:
            wait(pending, return_when=FIRST_COMPLETED)
        named = {**name, "UploadId": upload, "PartNumber": len(etags) + 1}
        etags.append(pool.submit(_send_part, bucket, named, file, (start, stop)))

    size = _spool(client, file, send)
    if size % PART:
        send(size - size % PART, size)
    parts = [{"PartNumber": n, "ETag": each.result()} for n, each in enumerate(etags, 1)]
    bucket.client.complete_multipart_upload(
        **name, UploadId=upload, MultipartUpload={"Parts": parts}
    )
    assert bucket.client.head_object(**name)["ContentLength"] == size
    bucket.client.delete_object(**name)


def _spool(client: socket.socket, file: int, send: Any) -> int:
    """Keep what comes; call `send` with each full part. Return the size."""
    sent = 0

    def send_parts(size: int) -> None:
        nonlocal sent
        while size - sent >= PART:
            send(sent, sent + PART)
            sent += PART

    return keep(client, file, BLOCK, send_parts)


def _send_part(bucket: Bucket, named: dict[str, Any], file: int, section: tuple[int, int]) -> str:
    start, stop = section
    body = os.pread(file, stop - start, start)
    checksum = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
    answer = bucket.client.upload_part(**named, Body=body, ContentMD5=checksum)
    return str(answer["ETag"])


if __name__ == "__main__":
    _serve(*sys.argv[1:])
