"""An upload that is cut at random, by its line and by kill -9 of the server, arrives bit-exact."""

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
from tests.support.forked_server import Forked
from tests.support.raw_http import connect, head

SIZE = 24 << 20
CUTS = 100
KILLS = 20
PATIENCE = 60.0  # seconds; the machine may be busy with something else
PIECE = "Content-Type: application/offset+octet-stream"


@pytest.fixture
def server(child_environ: dict[str, str], tmp_path: Path) -> Iterator[Forked]:
    with Forked(child_environ, tmp_path / "server.log") as made:
        yield made


def offset_of(url: str) -> int:
    """Ask as a client does that finds its connection broken: again and again."""
    answer = requests.head(url, timeout=PATIENCE)
    assert answer.status_code == 200
    return int(answer.headers["Upload-Offset"])


def send(server: Forked, path: str, data: bytes, offset: int, stop: int) -> None:
    """Announce all that is left, send until `stop`, and hang up."""
    with connect(server.address) as client:
        more = (PIECE, f"Upload-Offset: {offset}", "Tus-Resumable: 1.0.0")
        client.sendall(head("PATCH", len(data) - offset, *more, path=path) + data[offset:stop])
        client.shutdown(socket.SHUT_WR)


def wait_until_unlocked(url: str, offset: int) -> int:
    """Return where to go on, once the server has noticed that the line was cut."""
    deadline = time.monotonic() + PATIENCE
    headers = {"Upload-Offset": str(offset_of(url)), "Content-Type": PIECE.split()[1]}
    while requests.patch(url, headers=headers, data=b"", timeout=PATIENCE).status_code != 204:
        headers["Upload-Offset"] = str(offset_of(url))
        assert time.monotonic() < deadline
    reached = int(headers["Upload-Offset"])
    assert reached >= offset
    return reached


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_a_hundred_cuts_and_twenty_kills(server: Forked, storage: Storage) -> None:
    data = b"\x00\x00\x00\x20ftyp" + os.urandom(SIZE - 8)
    chance = random.Random(5)
    cuts = sorted(chance.sample(range(1, SIZE), CUTS))
    kills = set(chance.sample(cuts, KILLS))
    made = requests.post(
        f"{server.url}/api/v1/uploads", headers={"Upload-Length": str(SIZE)}, timeout=PATIENCE
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
    answer = requests.patch(
        url,
        data=data[offset:],
        headers={"Upload-Offset": str(offset), "Content-Type": PIECE.split()[1]},
        timeout=PATIENCE,
    )

    assert answer.status_code == 204, answer.text
    found = requests.get(url, timeout=PATIENCE).json()
    assert found["sha256"] == hashlib.sha256(data).hexdigest()
    assert storage.upload_data(found["upload_id"]).read_bytes() == data
