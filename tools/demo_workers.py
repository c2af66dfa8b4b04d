"""`./run demo --workers N`: a server without a worker of its own, and N that reach it over HTTP."""

import subprocess
import time
from pathlib import Path

from tools import private_service, remote_workers, up
from tools.private_service import ROOT, Service, ServiceError

CLIP = Path("samples/bigbuckbunny.mp4")
HEIGHTS = (480, 360, 288, 240, 180, 144)
JOBS_OF_EACH = 2


def show(home: Path, workers: int) -> None:
    """Convert the sample in several sizes and print who made what; raise ServiceError."""
    folder = ROOT / home
    homes = [folder / f"worker-{number}" for number in range(1, workers + 1)]
    with private_service.running_without_worker(folder / "server") as service:
        print(f"server   {service.url}, without a worker", flush=True)
        with remote_workers.running(service, homes, "--concurrency", "1") as ids:
            for number, worker_id in enumerate(ids, start=1):
                print(f"worker   {worker_id} is registered ({number} of {workers})", flush=True)
            heights = [HEIGHTS[each % len(HEIGHTS)] for each in range(JOBS_OF_EACH * workers)]
            started = time.monotonic()
            _convert(service, [_target(folder, n, each) for n, each in enumerate(heights)])
            print(f"\nall {len(heights)} results are here after {time.monotonic() - started:.1f} s")
            _print_jobs(service, ids, len(heights))


def _target(folder: Path, number: int, height: int) -> tuple[Path, int]:
    return folder / f"bigbuckbunny-{number + 1}-{height}p.mp4", height


def _convert(service: Service, targets: list[tuple[Path, int]]) -> None:
    """Run a client for each result, all at the same time."""
    clients = []
    for path, height in targets:
        argv: list[str | Path] = [up.BIN / "ffremote", "run", "-i", CLIP, "--quiet", "-y"]
        argv += ["--video-codec", "libx264", "--scale", f"-2:{height}", "--output", path]
        clients.append(
            subprocess.Popen(argv, env=service.environ, cwd=ROOT, stdout=subprocess.DEVNULL)
        )
    if {client.wait() for client in clients} != {0}:
        raise ServiceError("a client failed")


def _print_jobs(service: Service, ids: list[str], count: int) -> None:
    items = service.get(f"/api/v1/jobs?limit={count}")["items"]
    for item in reversed(items):
        job = service.get(f"/api/v1/jobs/{item['job_id']}")
        number, result = ids.index(job["worker_id"]) + 1, job["result"]
        made = f"{result['bytes']} bytes, {result['duration']:.1f} s of video"
        print(f"job      {item['job_id']}: {job['state']} by worker {number}, {made}")
