"""Jobs that begin during their upload beside the same jobs that wait for it, on a limited line."""

import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.parts.turns import write
from ffremote import ffmpeg
from ffremote.config import load_settings
from ffremote_cli import Client
from tools.private_service import Service

HEAD_BYTES = 8_000_000
FED_BYTES, FED_TIMES = 1 << 30, 4
POLL_SECONDS = 0.05
PIECE_BYTES = 64 << 10


@dataclass(frozen=True, slots=True)
class Case:
    """A film of `seconds` at 720p by `codec`, sent with `rate` bytes a second, and its encoder."""

    name: str
    file: str
    codec: tuple[str, ...]
    seconds: float
    rate: float
    preset: str


CASES = (
    Case("H.264, x264 slow", "a.mkv", ("-c:v", "libx264", "-preset", "ultrafast"), 7, 5e6, "slow"),
    Case("MP4, index last", "b.mp4", ("-c:v", "libx264", "-preset", "ultrafast"), 7, 5e6, "slow"),
    Case("UT Video, x264 medium", "c.mkv", ("-c:v", "utvideo"), 6, 2e7, "medium"),
    Case(
        "raw, x264 faster",
        "d.avi",
        ("-c:v", "rawvideo"),
        12,
        6e7,
        "faster",
    ),
)


@dataclass(frozen=True, slots=True)
class Loop:
    """The seconds of one way: upload, encode, download, all of it; of the first frame, if early.

    One that was not `overlapped` was converted from the whole file.
    """

    upload: float
    encode: float
    download: float
    whole: float
    first_frame: float | None
    overlapped: bool


def measure(service: Service, scratch: Path) -> None:
    """Print the seconds of each case, and what the feeding of a pipe costs.

    `bare` is FFmpeg alone, which reads the same bytes at the same rate from a pipe: an encoder that
    begins with the upload cannot end sooner.
    """
    print(
        "  case                     up   enc  down  one after the other"
        "    overlapped  / longest   bare  / longest"
    )
    rates = []
    for case in CASES:
        with tempfile.TemporaryDirectory(dir=scratch) as folder:
            rates.append(_print(case, Path(folder), service))
    _measure_feeding(scratch, max(rates))


def _print(case: Case, folder: Path, service: Service) -> float:
    """Measure a case and print it; return the bytes that FFmpeg reads in a second."""
    film = _film(case, folder / case.file)
    waiting = _run(service, case, film, folder / "1.mkv", overlap="off")
    early = _run(service, case, film, folder / "2.mkv", overlap="auto")
    longest = max(waiting.upload, waiting.encode, waiting.download)
    piped = film if film.suffix != ".mp4" else _index_first(film)
    bare = _bare(case, piped, folder / "3.mkv", waiting.upload)
    print(
        f"  {case.name:22} {waiting.upload:5.1f} {waiting.encode:5.1f} {waiting.download:5.1f}"
        f"  {waiting.whole:10.1f} (x{waiting.whole / longest:.2f})"
        f"  {early.whole:8.1f} (x{waiting.whole / early.whole:.2f})"
        f"  {early.whole / longest:7.2f}  {bare:7.1f}  {bare / longest:7.2f}"
        + ("" if early.first_frame is None else f"  first frame {early.first_frame:+.2f} s")
        + ("" if early.overlapped else "  converted from the whole file"),
        flush=True,
    )
    return film.stat().st_size / waiting.encode


def _film(case: Case, path: Path) -> Path:
    graph = f"testsrc2=s=1280x720:r=25:d={case.seconds},noise=alls=12:allf=t"
    words = [str(ffmpeg.locate(load_settings()).ffmpeg), "-v", "error", "-f", "lavfi", "-i", graph]
    words += ["-f", "lavfi", "-i", f"sine=440:d={case.seconds}", "-pix_fmt", "yuv420p"]
    sound = "aac" if path.suffix == ".mp4" else "pcm_s16le"
    subprocess.run([*words, *case.codec, "-c:a", sound, str(path)], check=True)
    return path


def _index_first(film: Path) -> Path:
    """Return a copy whose index is first, which alone can be read from a pipe."""
    copy = film.with_name(f"first-{film.name}")
    words = [str(ffmpeg.locate(load_settings()).ffmpeg), "-v", "error", "-i", str(film)]
    subprocess.run([*words, "-c", "copy", "-movflags", "+faststart", str(copy)], check=True)
    return copy


def _bare(case: Case, film: Path, target: Path, upload_seconds: float) -> float:
    """Return how long FFmpeg takes to encode the film from a pipe that is filled at a rate."""
    words = [str(ffmpeg.locate(load_settings()).ffmpeg), "-v", "error", "-i", "pipe:0"]
    words += ["-c:v", "libx264", "-preset", case.preset, str(target)]
    size, began = film.stat().st_size, time.perf_counter()
    with subprocess.Popen(words, stdin=subprocess.PIPE) as child, film.open("rb") as file:
        assert child.stdin is not None
        while piece := file.read(PIECE_BYTES):
            child.stdin.write(piece)
            due = began + upload_seconds * file.tell() / size
            time.sleep(max(0.0, due - time.perf_counter()))
        child.stdin.close()
    return time.perf_counter() - began


def _run(service: Service, case: Case, film: Path, target: Path, *, overlap: str) -> Loop:
    """Upload, encode, download; return the seconds."""
    job: Mapping[str, Any] = {
        "output_filename": "out.mkv",
        "video": {"codec": "libx264", "preset": case.preset},
        "overlap": overlap,
    }
    marks: dict[str, float] = {}
    with Client(service.url, bytes_per_second=case.rate, poll_interval=0.1) as client:
        began = time.perf_counter()

        def on_bytes(sent: int, _total: int | None) -> None:
            if sent >= HEAD_BYTES:
                marks.setdefault("head", time.perf_counter())

        def on_accepted(job_id: str) -> None:
            threading.Thread(target=_note_frame, args=(service, job_id, marks), daemon=True).start()

        accepted = client.submit(film, job, on_bytes=on_bytes, on_accepted=on_accepted)
        sent = time.perf_counter()
        client.wait(accepted.job_id)
        ended = time.perf_counter()
        found = client.job(accepted.job_id)
    with Client(service.url) as client:
        began_download = time.perf_counter()
        client.download(accepted.job_id, target)
        download = time.perf_counter() - began_download
    frame = marks.get("frame")
    first = frame - marks["head"] if frame and "head" in marks and overlap == "auto" else None
    encode, overlapped = found["timings"]["running_seconds"], "overlapped" in found["input"]
    return Loop(sent - began, encode, download, ended - began + download, first, overlapped)


def _note_frame(service: Service, job_id: str, marks: dict[str, float]) -> None:
    """Note when the first frame was encoded."""
    while not (status := service.get(f"/api/v1/jobs/{job_id}/status"))["finished"]:
        if status["frame"]:
            marks["frame"] = time.perf_counter()
            return
        time.sleep(POLL_SECONDS)


def _measure_feeding(scratch: Path, rate: float) -> None:
    """Print the processor time and the memory that it takes to feed a file through a pipe.

    `rate` are the bytes a second of the case that reads fastest: its share is the largest.
    """
    script = (
        "import resource, subprocess, sys\n"
        "from pathlib import Path\n"
        "from ffremote.ffmpeg import Feeder\n"
        "from ffremote.ffmpeg.process.process import ProcessCallbacks, run_process\n"
        "class Whole:\n"
        "    def __init__(self, path):\n"
        "        self.file = open(path, 'rb'); self.size = Path(path).stat().st_size\n"
        "    def fileno(self): return self.file.fileno()\n"
        "    def ready(self): return self.size\n"
        "def usage(): return resource.getrusage(resource.RUSAGE_SELF)\n"
        "before = usage()\n"
        "calls = ProcessCallbacks(lambda p: None, 0.5, lambda b: None, lambda b: None)\n"
        "for _ in range(int(sys.argv[2])):\n"
        "    run_process(['/bin/sh', '-c', 'cat >/dev/null'], cwd=Path('/'), environ={},"
        " callbacks=calls, feeder=Feeder(Whole(sys.argv[1])))\n"
        "after = usage()\n"
        "print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,"
        " (after.ru_maxrss - before.ru_maxrss) / 1024)\n"
    )
    path = scratch / "fed"
    write(path, FED_BYTES)  # as an upload is, it is in the page cache
    argv = [sys.executable, "-c", script, str(path), str(FED_TIMES)]
    done = subprocess.run(argv, check=True, capture_output=True, text=True)
    seconds, memory = (float(word) for word in done.stdout.split())
    path.unlink()
    fed = FED_BYTES * FED_TIMES
    print(
        f"  feeding {fed >> 30} GiB to pipes: {seconds:.2f} s of processor time"
        f" ({seconds / fed * 1e8 * 1000:.1f} ms for 100 MB, at most"
        f" {seconds / fed * rate:.2%} of an encode above), {memory:.1f} MiB more memory"
    )
