"""The peak memory of the server during a transfer, for 100 MB and for 4 GB."""

import json
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from benchmarks.idle import family
from benchmarks.parts import jobs
from benchmarks.parts.wire import fetch, request, send
from tools import private_service
from tools.private_service import Service

SMALL, LARGE = 100_000_000, 4_000_000_000
BOUNDARY = "bench-boundary"

Transfer = Callable[[int], None]


def measure(scratch: Path) -> None:
    """Print the server's peak memory for a small and a large file, for each kind of transfer."""
    if sys.platform != "linux":
        print("  measured on Linux only")
        return
    with private_service.running(scratch / "flat") as service:
        bench = _Bench(service, scratch)
        pid = server_of(service)
        for transfer in bench.transfers().values():
            transfer(SMALL)  # to warm up
        for name, transfer in bench.transfers().items():
            peaks = [peak_of(pid, partial(transfer, size)) for size in (SMALL, LARGE)]
            print(
                f"    {name:<12}{SMALL / 1e6:.0f} MB: {peaks[0]:6.1f} MiB at the highest   "
                f"{LARGE / 1e9:.0f} GB: {peaks[1]:6.1f} MiB   {peaks[1] / peaks[0]:.2f} x",
                flush=True,
            )


class _Bench:
    """The transfers, each for a given size."""

    def __init__(self, service: Service, folder: Path) -> None:
        parts = urlsplit(service.url)
        self._address = (parts.hostname or "", parts.port or 0)
        self._service = service
        clip = jobs.make_clip(folder / "flat.mp4", seconds=1, size="320x180")
        self._job_id = jobs.submit(service, clip, {"output_filename": "out.mp4"})
        jobs.wait(service, self._job_id)

    def transfers(self) -> Mapping[str, Transfer]:
        return {"tus": self._tus, "form": self._form, "download": self._download}

    def _tus(self, size: int) -> None:
        url = f"{self._service.url}/api/v1/uploads"
        headers = {"Upload-Length": str(size), "Tus-Resumable": "1.0.0"}
        with urlopen(Request(url, b"", headers)) as response:
            path = urlsplit(str(response.headers["Location"])).path
        piece = ("Content-Type: application/offset+octet-stream", "Upload-Offset: 0")
        send(self._address, request("PATCH", path, size, *piece), size=size)
        self._delete(path)

    def _form(self, size: int) -> None:
        job = json.dumps({"output_filename": "out.mp4"})
        part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="'
        front = f'{part}job"\r\n\r\n{job}\r\n{part}file"; filename="a.mp4"\r\n\r\n'.encode()
        back = f"\r\n--{BOUNDARY}--\r\n".encode()
        kind = f"Content-Type: multipart/form-data; boundary={BOUNDARY}"
        head = request("POST", "/api/v1/jobs", len(front) + size + len(back), kind)
        response = send(self._address, head + front, back, size=size)
        job_id = json.loads(response.rpartition(b"\r\n\r\n")[2])["job_id"]
        jobs.wait_for_end(self._service, job_id)  # it fails: zeros are not media
        upload_id = self._service.get(f"/api/v1/jobs/{job_id}")["input"]["upload_id"]
        self._delete(f"/api/v1/jobs/{job_id}/result")
        self._delete(f"/api/v1/uploads/{upload_id}")

    def _download(self, size: int) -> None:
        """Download a result of this many zeros, put in place of the job's own."""
        folder = Path(self._service.environ["FFREMOTE_DATA_DIR"]) / "jobs" / self._job_id
        (result,) = folder.glob("*.result")
        with result.open("r+b") as file:
            file.truncate(size)
        fetch(self._address, f"/api/v1/jobs/{self._job_id}/result")

    def _delete(self, path: str) -> None:
        urlopen(Request(f"{self._service.url}{path}", method="DELETE")).close()


def server_of(service: Service) -> int:
    """Return the PID of the server."""
    found = [each.pid for each in family(service.process.pid) if each.name == "ffremote-server"]
    return found[0]


def peak_of(pid: int, transfer: Callable[[], object]) -> float:
    """Return the peak resident memory of a process during a transfer, in MiB."""
    process = Path(f"/proc/{pid}")
    (process / "clear_refs").write_text("5")  # resets the peak
    transfer()
    status = (process / "status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024
