"""The archive of a sequence as an upload: resumed by offset, in constant memory."""

import threading
from pathlib import Path

import pytest

from ffremote_cli.client.http import HttpSession
from ffremote_cli.client.retry import RetryPolicy
from ffremote_cli.client.sequence.pictures import Picture, open_sequence
from ffremote_cli.client.transfer.sequence_source import open_archive
from ffremote_cli.client.transfer.transfer import Transfer
from ffremote_cli.client.transfer.tus_requests import create_upload, send_bytes, upload_offset
from ffremote_cli.errors import LocalFileProblem
from tests.support.scripted_server import Script, error_reply
from tests.support.scripted_uploads import UploadServer


@pytest.fixture
def pictures(tmp_path: Path) -> tuple[Picture, ...]:
    """Ten pictures of 3000 bytes."""
    for number in range(10):
        (tmp_path / f"{number}.png").write_bytes(bytes([number]) * 3000)
    return open_sequence(f"{tmp_path}/%d.png")


def transfer() -> Transfer:
    stop = threading.Event()
    return Transfer(RetryPolicy(60, stop, lambda _: None), stop, lambda *_: None)


def test_the_upload_of_an_archive_is_resumed_at_the_offset_of_the_server(
    script: Script, pictures: tuple[Picture, ...]
) -> None:
    server = UploadServer(script)
    server.loses["u0"] = error_reply(503, "SERVICE_UNAVAILABLE", "Not now.")
    http = HttpSession(script.url, None)

    with open_archive("%d.png", pictures) as source:
        url, _ = create_upload(http, source)
        send_bytes(http, url, source, 0, transfer())
        whole = source.size
    with open_archive("%d.png", pictures) as again:
        again.file.seek(0)
        content = again.read(512) + b"".join(iter(lambda: again.file.read(1 << 20), b""))

    assert upload_offset(http, url) == whole == len(content)
    assert server.contents() == {"%d.png": content}
    offsets = [it.headers["Upload-Offset"] for it in script.requests if it.method == "PATCH"]
    assert offsets == ["0", str(whole - 5000)]
    http.close()


def test_a_picture_that_changes_gives_the_archive_another_time(
    pictures: tuple[Picture, ...], tmp_path: Path
) -> None:
    with open_archive("%d.png", pictures) as source:
        before = source.mtime_ns
    (tmp_path / "4.png").write_bytes(b"x" * 3000)

    with open_archive("%d.png", open_sequence(f"{tmp_path}/%d.png")) as source:
        assert source.mtime_ns != before
    with (
        open_archive("%d.png", pictures) as old,
        pytest.raises(LocalFileProblem, match=r"4\.png has changed"),
    ):
        while old.read(1 << 20):
            pass
