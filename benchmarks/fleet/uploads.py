"""Uploads through a server to a bucket, in turns with a bare program that sends the same parts."""

import threading
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from benchmarks.fleet import bare_uploader
from benchmarks.parts.turns import in_turns, print_rates
from benchmarks.parts.wire import SIZE, request, send
from benchmarks.transfers.flat import server_of
from tests.support.s3_servers import S3Server
from tools.private_service import Service

BARE = "bare: file, sha256, parts"
LARGE = 8 * SIZE  # 4 GiB
PIECE = "Content-Type: application/offset+octet-stream"


def measure(service: Service, bucket: S3Server, scratch: Path) -> None:
    """Print MB/s, and memory and disk space of a large upload."""
    parts = urlsplit(service.url)
    server = (parts.hostname or "", parts.port or 0)
    url = service.environ["FFREMOTE_STORAGE_URL"]

    def ours() -> Callable[[], None]:
        return _upload(service, server, SIZE)

    with bare_uploader.running(scratch / "bare", url, bucket.environ) as bare:
        print(f"  upload of {SIZE >> 20} MiB to a bucket, medians in turns")
        steps = {BARE: lambda: _bare(bare), "tus": ours}
        print_rates(in_turns(steps), BARE)
    before = _peak_mib(service)
    largest = _Largest(Path(service.environ["FFREMOTE_DATA_DIR"]) / "uploads")
    with largest:
        _upload(service, server, LARGE)()
    print(
        f"  upload of {LARGE >> 20} MiB: the server's memory at its highest {_peak_mib(service)} "
        f"MiB, before it {before} MiB; disk at its highest {largest.size >> 20} MiB",
        flush=True,
    )


def _bare(address: tuple[str, int]) -> None:
    send(address, b"", end=True)


def _upload(service: Service, server: tuple[str, int], size: int) -> Callable[[], None]:
    headers = {"Upload-Length": str(size), "Tus-Resumable": "1.0.0"}
    with urlopen(Request(f"{service.url}/api/v1/uploads", b"", headers)) as response:
        path = urlsplit(str(response.headers["Location"])).path
    tus = "Tus-Resumable: 1.0.0"
    send(server, request("PATCH", path, size, PIECE, "Upload-Offset: 0", tus), size=size)

    def remove() -> None:
        gone = Request(f"{service.url}{path}", None, {"Tus-Resumable": "1.0.0"}, method="DELETE")
        with urlopen(gone):
            pass

    return remove


class _Largest:
    """The most space that the files below a directory took while this was entered."""

    def __init__(self, directory: Path) -> None:
        self.size = 0
        self._directory = directory
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(0.02):
            self.size = max(self.size, sum(map(_space, self._directory.glob("*/*"))))


def _space(path: Path) -> int:
    try:
        return path.stat().st_blocks * 512
    except FileNotFoundError:
        return 0


def _peak_mib(service: Service) -> int:
    status = Path(f"/proc/{server_of(service)}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) >> 10
