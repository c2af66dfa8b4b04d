"""Uploads and downloads, in turns with a bare socket, `cp` and nginx on the same bytes."""

import hashlib
import json
import shutil
import socket
import statistics
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from benchmarks.parts import jobs
from benchmarks.parts.turns import ROUNDS, Step, in_turns, prime, print_rates, write
from benchmarks.parts.wire import BLOCK, HEAD, SIZE, fetch, poll, request, send
from benchmarks.transfers import rivals
from benchmarks.transfers.reader import reading
from tools.private_service import Service

BOUNDARY = b"bench-boundary"
SLOW_UPLOADS = 50


def measure(service: Service, scratch: Path) -> None:
    """Print MB/s of uploads and downloads, and the time of a status request meanwhile."""
    folder = scratch / "transfers"
    folder.mkdir()
    with ExitStack() as stack:
        nginx = stack.enter_context(rivals.nginx(folder))
        if nginx is None:
            print("  nginx is not installed here: its lines are missing", flush=True)
        bench = Bench(service, folder, nginx)
        bare = stack.enter_context(rivals.pump(folder / "pumped"))
        keeping = stack.enter_context(rivals.pump(folder / "kept", keeping=True))
        prime(folder / "prime")
        write(folder / "film", SIZE)
        print(f"  upload of {SIZE >> 20} MiB, median of {ROUNDS} rounds in turns")
        print_rates(in_turns(bench.uploads(bare, keeping)), "socket to file", KEEPING)
        print(f"  download of {SIZE >> 20} MiB")
        bench.prepare_download()
        print_rates(in_turns(bench.downloads()), "nginx")
        print("  a status meanwhile, ms")
        bench.print_status_times()
        print(f"  memory of the server at its highest: {_peak_mib(service)} MiB")


KEEPING = "the same, sha256, fsync"


class Bench:
    """The measured transfers, each a step without arguments."""

    def __init__(self, service: Service, folder: Path, nginx: rivals.Address | None) -> None:
        parts = urlsplit(service.url)
        self.server = (parts.hostname or "", parts.port or 0)
        self.service, self.folder, self.nginx = service, folder, nginx
        self.job_id = ""

    def uploads(self, bare: rivals.Address, keeping: rivals.Address) -> Mapping[str, Step]:
        steps: dict[str, Step] = {
            "socket to file": lambda: self._send(bare, "pumped"),
            KEEPING: lambda: self._send(keeping, "kept"),
            "tus": self._tus,
            "multipart": self._multipart,
            "cp": self._copy,
            "sha256 alone, in memory": _hash,
        }
        if self.nginx is not None:
            address = self.nginx
            steps["nginx PUT"] = lambda: self._put(address)
        return steps

    def downloads(self) -> Mapping[str, Step]:
        result = f"/api/v1/jobs/{self.job_id}/result"
        steps: dict[str, Step] = {
            "ours": lambda: fetch(self.server, result),
            "ours, Range": lambda: fetch(self.server, result, "Range: bytes=1000-"),
        }
        if self.nginx is not None:
            address = self.nginx
            steps["nginx"] = lambda: fetch(address, "/download")
            steps["nginx, Range"] = lambda: fetch(address, "/download", "Range: bytes=1000-")
        return steps

    def prepare_download(self) -> None:
        """Replace the result of a short job by a large file."""
        clip = jobs.make_clip(self.folder / "short.mp4", seconds=1, size="320x180")
        self.job_id = jobs.submit(self.service, clip, {"output_filename": "out.mp4"})
        jobs.wait(self.service, self.job_id)
        (result,) = self._job_dir(self.job_id).glob("*.result")
        big = self.folder / "files" / "download" if self.nginx else self.folder / "download"
        shutil.copyfile(self.folder / "film", big)
        result.unlink()
        result.hardlink_to(big)

    def print_status_times(self) -> None:
        """Poll a status without load, during two downloads, and during many slow uploads."""
        path = f"/api/v1/jobs/{self.job_id}/status"
        result = f"/api/v1/jobs/{self.job_id}/result"
        _print_times("in quiet", poll(self.server, path))
        with reading(self.server, result), reading(self.server, result):
            _print_times("two downloads at full speed", poll(self.server, path))
        stop = threading.Event()
        with ExitStack() as stack:
            for url in [self._new_upload() for _ in range(SLOW_UPLOADS)]:
                stack.enter_context(_Repeated(stop, self._trickle(url, stop)))
            stack.callback(stop.set)
            _print_times(f"{SLOW_UPLOADS} slow uploads", poll(self.server, path))

    def _new_upload(self) -> str:
        headers = {"Upload-Length": str(SIZE), "Tus-Resumable": "1.0.0"}
        with urlopen(Request(f"{self.service.url}/api/v1/uploads", b"", headers)) as response:
            return urlsplit(str(response.headers["Location"])).path

    def _tus(self) -> Callable[[], None]:
        path = self._new_upload()
        piece = "Content-Type: application/offset+octet-stream"
        send(self.server, request("PATCH", path, SIZE, piece, "Upload-Offset: 0"))
        return lambda: self._remove(path)

    def _multipart(self) -> Callable[[], None]:
        job = json.dumps({"output_filename": "out.mp4"}).encode()
        front = b"".join(
            (
                b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="job"\r\n\r\n',
                job + b"\r\n--" + BOUNDARY,
                b'\r\nContent-Disposition: form-data; name="file"; filename="a.mp4"\r\n\r\n',
            )
        )
        back = b"\r\n--" + BOUNDARY + b"--\r\n"
        kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}"
        length = len(front) + SIZE + len(back)
        head = request("POST", "/api/v1/jobs", length, kind)
        job = json.loads(send(self.server, head + front, back).rpartition(b"\r\n\r\n")[2])
        return lambda: self._end(job["job_id"])

    def _remove(self, path: str) -> None:
        urlopen(Request(f"{self.service.url}{path}", method="DELETE")).close()

    def _end(self, job_id: str) -> None:
        """Wait until the job of a file that is not media has failed: jobs must not overlap."""
        jobs.wait_for_end(self.service, job_id)
        upload = self.service.get(f"/api/v1/jobs/{job_id}")["input"]["upload_id"]
        self._remove(f"/api/v1/uploads/{upload}")
        # It takes memory until a sweep, which may have been first.
        (self._job_dir(job_id) / "input").unlink(missing_ok=True)

    def _job_dir(self, job_id: str) -> Path:
        return Path(self.service.environ["FFREMOTE_DATA_DIR"]) / "jobs" / job_id

    def _send(self, address: rivals.Address, target: str) -> Callable[[], None]:
        send(address, b"", end=True)
        return (self.folder / target).unlink  # freeing it takes a tenth of the time of writing it

    def _put(self, address: rivals.Address) -> Callable[[], None]:
        send(address, request("PUT", "/upload", SIZE))
        return (self.folder / "files" / "upload").unlink

    def _copy(self) -> Callable[[], None]:
        shutil.copyfile(self.folder / "film", self.folder / "copied")
        return (self.folder / "copied").unlink

    def _trickle(self, path: str, stop: threading.Event) -> Callable[[], None]:
        def run() -> None:
            piece = "Content-Type: application/offset+octet-stream"
            with socket.create_connection(self.server, timeout=60) as line:
                line.sendall(request("PATCH", path, SIZE, piece, "Upload-Offset: 0") + HEAD)
                while not stop.wait(0.25):
                    line.sendall(BLOCK[: 64 << 10])  # 256 KiB a second

        return run


class _Repeated:
    """Repeats a step in a thread until `stop` is set."""

    def __init__(self, stop: threading.Event, step: Callable[[], None]) -> None:
        self._stop, self._step = stop, step
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._step()

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._thread.join()


def _hash() -> None:
    digest = hashlib.sha256()
    for _ in range(SIZE // len(BLOCK)):
        digest.update(BLOCK)


def _print_times(name: str, times: list[float]) -> None:
    cuts = statistics.quantiles(times, n=100)
    print(
        f"    {name:<30} p50 {cuts[49]:6.1f}   p99 {cuts[98]:6.1f}   max {max(times):6.1f}"
        f"   ({len(times)} polls)",
        flush=True,
    )


def _peak_mib(service: Service) -> int:
    """Return the peak memory of the server's process in MiB, or 0 without /proc."""
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            command = (status.parent / "cmdline").read_bytes()
            environ = (status.parent / "environ").read_bytes()
            text = status.read_text()
        except OSError:
            continue  # it ended, or belongs to another user
        data = f"FFREMOTE_DATA_DIR={service.environ['FFREMOTE_DATA_DIR']}".encode()
        if b"ffremote-server" in command and data in environ:
            return int(text.partition("VmHWM:")[2].split()[0]) >> 10
    return 0
