"""Two requests for one upload: a stalled writer yields to the second, an active one does not."""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from wsgiref.types import WSGIApplication

import pytest
import requests
from flask import Flask

from ffremote.api.ingest import takeover
from ffremote.api.waitress_server import parser
from tests.support.multipart import MEDIA
from tests.support.raw_http import connect, error_of, head, read_all

KIND = "application/offset+octet-stream"
HALF = len(MEDIA) // 2
Serve = Callable[[WSGIApplication], tuple[str, int]]
Address = tuple[str, int]


@pytest.fixture
def address(serve: Serve, app: Flask) -> Address:
    return serve(app)


def begin(address: Address) -> str:
    url = "http://{}:{}/api/v1/uploads".format(*address)
    made = requests.post(url, headers={"Upload-Length": str(len(MEDIA))}, timeout=10)
    return f"{url}/{made.json()['upload_id']}"


def offset_of(url: str) -> int:
    return int(requests.head(url, timeout=10).headers["Upload-Offset"])


def wait_for_offset(url: str, offset: int) -> None:
    deadline = time.monotonic() + 10
    while offset_of(url) != offset:
        assert time.monotonic() < deadline


def patch(url: str, offset: int, data: bytes, **headers: str) -> requests.Response:
    headers = {"Upload-Offset": str(offset), "Content-Type": KIND, **headers}
    return requests.patch(url, data=data, headers=headers, timeout=10)


def start_patch(address: Address, url: str, *more: str) -> bytes:
    path = url.partition(f":{address[1]}")[2]
    kind = f"Content-Type: {KIND}"
    return head("PATCH", len(MEDIA), kind, "Upload-Offset: 0", *more, path=path)


@contextmanager
def trickling(address: Address, url: str) -> Iterator[None]:
    """Another client sends single bytes at intervals until the block ends."""
    done = threading.Event()
    with connect(address) as line:
        line.sendall(start_patch(address, url) + MEDIA[:HALF])
        wait_for_offset(url, HALF)

        def trickle() -> None:
            for place in range(HALF, len(MEDIA)):
                if done.wait(0.05):
                    line.sendall(MEDIA[place:])
                    return
                line.sendall(MEDIA[place : place + 1])

        thread = threading.Thread(target=trickle)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()
            assert b" 204 " in line.recv(1 << 16).split(b"\r\n")[0]


def test_a_stalled_writer_yields_and_nothing_is_lost(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    # if the stalled writer were ended only by its idle timeout, the response would be too late
    monkeypatch.setattr(parser, "IDLE_PATCH_SECONDS", 900.0)
    url = begin(address)
    with connect(address) as silent:
        silent.sendall(start_patch(address, url) + MEDIA[:HALF])
        wait_for_offset(url, HALF)

        response = patch(url, HALF, MEDIA[HALF:])

        assert (response.status_code, response.headers["Upload-Offset"]) == (204, str(len(MEDIA)))
        status, error = error_of(read_all(silent))
    assert (status, error["details"]) == ("HTTP/1.1 409 CONFLICT", {"offset": HALF})
    found = requests.get(url, timeout=10).json()
    assert (found["state"], found["sha256"]) == ("complete", hashlib.sha256(MEDIA).hexdigest())


def test_an_active_writer_keeps_its_lock(address: Address) -> None:
    url = begin(address)

    with trickling(address, url):
        refused = patch(url, offset_of(url), b"x")

    assert (refused.status_code, refused.json()["error"]["code"]) == (423, "UPLOAD_CONFLICT")
    assert refused.headers["Retry-After"] == "5"
    assert requests.get(url, timeout=10).json()["sha256"] == hashlib.sha256(MEDIA).hexdigest()


def test_bytes_without_a_verified_checksum_are_dropped_with_their_writer(address: Address) -> None:
    url = begin(address)
    checksum = "Upload-Checksum: sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="
    with connect(address) as silent:
        silent.sendall(start_patch(address, url, checksum) + MEDIA[:HALF])
        wait_for_offset(url, HALF)

        late = patch(url, HALF, MEDIA[HALF:])

    assert (late.status_code, late.json()["error"]["details"]["offset"]) == (409, 0)
    assert patch(url, 0, MEDIA).status_code == 204


def test_one_of_two_successors_of_a_stalled_writer_writes(address: Address) -> None:
    url = begin(address)
    responses: list[requests.Response] = []
    with connect(address) as silent:
        silent.sendall(start_patch(address, url) + MEDIA[:HALF])
        wait_for_offset(url, HALF)
        threads = [
            threading.Thread(target=lambda: responses.append(patch(url, HALF, MEDIA[HALF:])))
            for _ in range(2)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    statuses = sorted(response.status_code for response in responses)
    assert statuses in ([204, 409], [204, 423])
    assert requests.get(url, timeout=10).json()["sha256"] == hashlib.sha256(MEDIA).hexdigest()


def test_a_writer_whose_state_is_unknown_in_time_keeps_its_lock(
    address: Address, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(takeover, "WATCH_SECONDS", 0.2)
    url = begin(address)
    with connect(address) as silent:
        silent.sendall(start_patch(address, url) + MEDIA[:HALF])
        wait_for_offset(url, HALF)
        with connect(address) as line:
            line.sendall(start_patch(address, url))

            status, error = error_of(read_all(line))

    assert (status, error["code"]) == ("HTTP/1.1 423 LOCKED", "UPLOAD_CONFLICT")
