"""Concurrent requests: creations with the same key, and writers of one upload."""

import hashlib
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from wsgiref.types import WSGIApplication

import requests
from flask import Flask

from ffremote.files.storage import Storage
from tests.support.multipart import MEDIA

Serve = Callable[[WSGIApplication], tuple[str, int]]
PIECE = {"Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}


def test_concurrent_creations_create_each_upload_once(
    serve: Serve, app: Flask, storage: Storage
) -> None:
    url = "http://{}:{}/api/v1/uploads".format(*serve(app))

    def create(_: int) -> str:
        response = requests.post(url, headers={"Upload-Length": "1000"}, timeout=60)
        assert response.status_code == 201, response.text
        return str(response.json()["upload_id"])

    with ThreadPoolExecutor(20) as threads:
        made = list(threads.map(create, range(60)))

    assert set(made) == set(storage.upload_ids())
    assert len(set(made)) == 60


def test_one_of_many_writers_writes(serve: Serve, app: Flask) -> None:
    base = "http://{}:{}".format(*serve(app))
    head = {"Upload-Length": str(len(MEDIA))}
    url = base + requests.post(f"{base}/api/v1/uploads", headers=head).headers["Location"]

    def write(_: int) -> int:
        return requests.patch(url, data=MEDIA, headers=PIECE, timeout=60).status_code

    with ThreadPoolExecutor(12) as threads:
        statuses = Counter(threads.map(write, range(12)))

    assert statuses[204] == 1
    assert set(statuses) <= {204, 409, 423}
    assert requests.get(url).json()["sha256"] == hashlib.sha256(MEDIA).hexdigest()
