"""An upload interrupted at random, by its connection and by kill -9 of the server, is bit-exact."""

import hashlib
import os
import random
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from ffremote.files.storage import Storage
from tests.support.forked_server import ForkedServer
from tests.support.kept_files import upload_path
from tests.support.raw_http import connect, head

SIZE = 24 << 20
DEADLINE = 60.0  # seconds; the machine may be busy
PIECE = "Content-Type: application/offset+octet-stream"


@pytest.fixture
def server(child_environ: dict[str, str], tmp_path: Path) -> Iterator[ForkedServer]:
    with ForkedServer(child_environ, tmp_path / "server.log") as made:
        yield made


def offset_of(url: str) -> int:
    """Return the offset; retry as a client whose connection broke."""
    response = requests.head(url, timeout=DEADLINE)
    assert response.status_code == 200
    return int(response.headers["Upload-Offset"])


def send(server: ForkedServer, path: str, data: bytes, offset: int, stop: int) -> None:
    """Announce all remaining bytes, send those up to `stop`, and close the connection."""
    with connect(server.address) as client:
        more = (PIECE, f"Upload-Offset: {offset}", "Tus-Resumable: 1.0.0")
        client.sendall(head("PATCH", len(data) - offset, *more, path=path) + data[offset:stop])
        client.shutdown(socket.SHUT_WR)


def wait_until_unlocked(url: str, offset: int) -> int:
    """Return the offset to resume at, once the server has noticed the lost connection."""
    deadline = time.monotonic() + DEADLINE
    headers = {"Upload-Offset": str(offset_of(url)), "Content-Type": PIECE.split()[1]}
    while requests.patch(url, headers=headers, data=b"", timeout=DEADLINE).status_code != 204:
        headers["Upload-Offset"] = str(offset_of(url))
        assert time.monotonic() < deadline
    reached = int(headers["Upload-Offset"])
    assert reached >= offset
    return reached


def finish(url: str, data: bytes, offset: int) -> None:
    """Send the rest; resume at the offset of a piece that the server began to read only now."""
    deadline = time.monotonic() + DEADLINE
    while True:
        headers = {"Upload-Offset": str(offset), "Content-Type": PIECE.split()[1]}
        response = requests.patch(url, headers=headers, data=data[offset:], timeout=DEADLINE)
        if response.status_code == 204:
            return
        assert response.status_code in {409, 423}, response.text
        assert time.monotonic() < deadline
        offset = offset_of(url)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize(
    ("lost", "killed"), [(20, 4), pytest.param(100, 20, marks=pytest.mark.wide)]
)
def test_an_upload_survives_lost_connections_and_kills(
    server: ForkedServer, storage: Storage, lost: int, killed: int
) -> None:
    data = b"\x00\x00\x00\x20ftyp" + os.urandom(SIZE - 8)
    chance = random.Random(5)
    cuts = sorted(chance.sample(range(1, SIZE), lost))
    kills = set(chance.sample(cuts, killed))
    made = requests.post(
        f"{server.url}/api/v1/uploads", headers={"Upload-Length": str(SIZE)}, timeout=DEADLINE
    )
    url = made.headers["Location"]
    path = url.removeprefix(server.url)
    url = f"{server.url}{path}"

    offset = 0
    for cut in cuts:
        send(server, path, data, offset, max(cut, offset))
        if cut in kills:
            server.kill()
            server.start()
        offset = wait_until_unlocked(url, offset)
    finish(url, data, offset)

    found = requests.get(url, timeout=DEADLINE).json()
    assert found["sha256"] == hashlib.sha256(data).hexdigest()
    assert upload_path(storage, found["upload_id"]).read_bytes() == data
