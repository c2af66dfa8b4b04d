"""Convert the sample file with a private server and worker and the real client, then stop them.

`--workers N` does it with N workers over HTTP instead, each with a directory of its own.
"""

import argparse
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tools import demo_workers, private_service, up
from tools.private_service import ROOT, Service, ServiceError

HOME = Path(".demo")
CLIP = Path("samples/bigbuckbunny.mp4")
RESULT = HOME / "bigbuckbunny-360p.mp4"
CLIENT = (
    f"ffremote run -i {CLIP} --video-codec libx264 --crf 23 --scale 640:-2"
    f" --audio-codec aac --audio-bitrate 128k --output {RESULT} -y"
)


class ClientFailed(Exception):
    """The client exited with a status other than 0."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the client ended with status {status}")
        self.status = status


def run_client(service: Service) -> None:
    say(f"$ {CLIENT}")
    # The client handles Ctrl-C: it cancels the job; then the service is stopped.
    signal.signal(signal.SIGINT, lambda *_: None)
    command, *words = CLIENT.split()
    done = subprocess.run([up.BIN / command, *words], env=service.environ, cwd=ROOT, check=False)
    if done.returncode:
        raise ClientFailed(done.returncode)


def print_result(service: Service) -> None:
    newest = service.get("/api/v1/jobs?limit=1")["items"][0]["job_id"]
    job = service.get(f"/api/v1/jobs/{newest}")
    print(f"\njob      {newest}: {job['state']}", flush=True)
    print(f"command  {job['command']}")
    for side, path in (("input", CLIP), ("result", RESULT)):
        print(f"{side:8} {path}: {(ROOT / path).stat().st_size} bytes, {info(job[side])}")


def info(media: Mapping[str, Any]) -> str:
    streams = ", ".join(str(stream.get("codec")) for stream in media.get("streams", []))
    return f"{media.get('duration')} s, {streams}"


def log_tail(home: Path = HOME, lines: int = 25) -> str:
    log = private_service.log_of(ROOT / home)
    text = log.read_text(errors="replace") if log.exists() else ""
    return "\n".join([f"the end of {home / log.name}:", *text.splitlines()[-lines:]])


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def workers_wanted() -> int:
    """Return how many workers over HTTP were asked for; 0: the worker beside the server."""
    parser = argparse.ArgumentParser(prog="./run demo", description=__doc__)
    parser.add_argument("--workers", type=int, default=0, choices=range(9), metavar="N")
    return int(parser.parse_args().workers)


def main() -> int:
    """Run the demo; return the exit status."""
    count = workers_wanted()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    return show_workers(count) if count else show_one()


def show_workers(count: int) -> int:
    try:
        demo_workers.show(HOME / "workers", count)
    except ServiceError as exc:
        say(f"demo: {exc}; {log_tail(HOME / 'workers' / 'server')}")
        return 1
    say("demo: server and workers are stopped; docs/operations.md says how to add real ones")
    return 0


def show_one() -> int:
    try:
        with private_service.running(ROOT / HOME) as service:
            say(f"demo: server and worker are ready at {service.url}")
            run_client(service)
            print_result(service)
    except ServiceError as exc:
        say(f"demo: {exc}; {log_tail()}")
        return 1
    except ClientFailed as exc:
        say(f"demo: {exc}; {log_tail()}")
        return exc.status
    say("demo: server and worker are stopped; `./run up` keeps them running")
    return 0


if __name__ == "__main__":
    sys.exit(main())
