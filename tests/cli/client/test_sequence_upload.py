"""The archive of a sequence as an upload: resumed by offset, in constant memory."""

import io
import os
import tarfile
import threading
from pathlib import Path

import pytest

from ffremote_cli.client.http import HttpSession
from ffremote_cli.client.retry import RetryPolicy
from ffremote_cli.client.transfer.opening import open_input
from ffremote_cli.client.transfer.transfer import Transfer
from ffremote_cli.client.transfer.tus_requests import create_upload, send_bytes, upload_offset
from ffremote_cli.errors import LocalFileProblem
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Script, error_reply
from tests.support.scripted_tus import TusServer, client_for, interrupt_upload
from tests.support.scripted_uploads import UploadServer

PICTURE_BYTES = 4 << 20
"""So many that five pictures are sent by tus."""


@pytest.fixture
def pattern(tmp_path: Path) -> Path:
    """Ten pictures of 3000 bytes."""
    for number in range(10):
        (tmp_path / f"{number}.png").write_bytes(bytes([number]) * 3000)
    return tmp_path / "%d.png"


def transfer() -> Transfer:
    stop = threading.Event()
    return Transfer(RetryPolicy(60, stop, lambda _: None), stop, lambda *_: None)


def test_the_upload_of_an_archive_is_resumed_at_the_offset_of_the_server(
    script: Script, pattern: Path
) -> None:
    server = UploadServer(script)
    server.loses["u0"] = error_reply(503, "SERVICE_UNAVAILABLE", "Not now.")
    http = HttpSession(script.url, None)

    with open_input(pattern) as source:
        url, _ = create_upload(http, source)
        send_bytes(http, url, source, 0, transfer())
        whole = source.size
    with open_input(pattern) as again:
        again.file.seek(0)
        content = again.read(512) + b"".join(iter(lambda: again.file.read(1 << 20), b""))

    assert upload_offset(http, url) == whole == len(content)
    assert server.contents() == {"%d.png": content}
    offsets = [it.headers["Upload-Offset"] for it in script.requests if it.method == "PATCH"]
    assert offsets == ["0", str(whole - 5000)]
    http.close()


def test_a_picture_that_changes_gives_the_archive_another_time(
    pattern: Path, tmp_path: Path
) -> None:
    with open_input(pattern) as old:
        (tmp_path / "4.png").write_bytes(b"x" * 3000)

        with open_input(pattern) as new:
            assert new.mtime_ns != old.mtime_ns
        with pytest.raises(LocalFileProblem, match=r"4\.png has changed"):
            while old.read(1 << 20):
                pass


@pytest.mark.parametrize(
    ("name", "count"),
    [("%d.png", 10), ("%d.png:start_number=4", 6), ("[5-9].png", 5)],
)
def test_a_process_in_another_directory_resumes_the_upload_of_a_pattern(
    script: Script,
    tus: TusServer,
    pattern: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    count: int,
) -> None:
    folder = tmp_path / "50%d [x]"
    folder.mkdir()
    for each in tmp_path.glob("*.png"):
        each.rename(folder / each.name)
        os.truncate(folder / each.name, PICTURE_BYTES)
    monkeypatch.chdir(folder)
    tus.other_size = count * (512 + PICTURE_BYTES) + 1024
    interrupt_upload(script, tus, Path(name), tmp_path)
    monkeypatch.chdir("/")

    with client_for(script, tmp_path) as client:
        assert client.resume_upload(JOB)

    with tarfile.open(fileobj=io.BytesIO(bytes(tus.bytes)), mode="r:") as archive:
        assert len(archive.getmembers()) == count
