"""Send the sample film through a private server and worker with the real client, then stop all.

Everything lives in `.demo/`, the port is any free one, and the operator's own FFREMOTE_ settings
are left out but for which FFmpeg to run. Only the standard library is used.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import up

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".demo"
LOG = HOME / "demo.log"
CLIP = ROOT / "samples" / "bigbuckbunny.mp4"
RESULT = HOME / "bigbuckbunny-360p.mp4"
START_DEADLINE = 30.0
KEPT = ("FFREMOTE_FFMPEG", "FFREMOTE_FFPROBE", "FFREMOTE_SANDBOX")


class DemoError(Exception):
    """The demo cannot go on; the message says why."""


def private_environ(port: int) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("FFREMOTE_") or name in KEPT
    }
    return kept | {
        "FFREMOTE_DATA_DIR": str(HOME / "data"),
        "FFREMOTE_HOST": "127.0.0.1",
        "FFREMOTE_PORT": str(port),
        "FFREMOTE_SERVER": f"http://127.0.0.1:{port}",
        "FFREMOTE_MIN_FREE_BYTES": "0",
    }


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def migrate(environ: Mapping[str, str]) -> None:
    with LOG.open("ab") as log:
        done = subprocess.run(
            [up.BIN / "flask", "--app", "ffremote", "db", "upgrade"],
            env=environ,
            stdout=log,
            stderr=log,
            check=False,
        )
    if done.returncode:
        raise DemoError("the database could not be migrated")


@contextmanager
def services(environ: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Server, worker and cleanup as `./run up` runs them, stopped on the way out."""
    with LOG.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, ROOT / "tools" / "up.py"],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            process_group=0,
            preexec_fn=up.die_with_parent(),
        )
    try:
        yield process
    finally:
        process.terminate()
        process.wait()  # it kills its own children in the end, so it always ends


def fetch(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return json.load(answer)


def wait_until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    deadline = time.monotonic() + START_DEADLINE
    reason = ""
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise DemoError(f"server and worker ended with status {process.returncode}")
        try:
            fetch(f"{url}/readyz")
            return
        except (OSError, urllib.error.HTTPError) as exc:
            reason = str(exc)
        time.sleep(0.1)
    raise DemoError(f"not ready after {START_DEADLINE:.0f} s: {reason}")


def run_client(environ: Mapping[str, str]) -> None:
    argv = ["ffremote", "run", "-i", str(CLIP.relative_to(ROOT))]
    argv += ["--video-codec", "libx264", "--crf", "23", "--scale", "640:-2"]
    argv += ["--audio-codec", "aac", "--audio-bitrate", "128k"]
    argv += ["--output", str(RESULT.relative_to(ROOT)), "-y"]
    say("$ " + " ".join(argv))
    # Ctrl-C is the client's to answer: it cancels the job; then we stop the services.
    signal.signal(signal.SIGINT, lambda *_: None)
    done = subprocess.run([up.BIN / argv[0], *argv[1:]], env=environ, cwd=ROOT, check=False)
    if done.returncode == 130:
        sys.exit(130)
    if done.returncode:
        raise DemoError(f"the client ended with status {done.returncode}")


def tell_result(url: str) -> None:
    newest = fetch(f"{url}/api/v1/jobs?limit=1")["items"][0]["job_id"]
    job = fetch(f"{url}/api/v1/jobs/{newest}")
    print(f"\njob      {newest}: {job['state']}")
    print(f"command  {job['command']}")
    for side, path in (("input", CLIP), ("result", RESULT)):
        print(f"{side:8} {path.relative_to(ROOT)}: {path.stat().st_size} bytes, {facts(job[side])}")


def facts(media: Mapping[str, Any]) -> str:
    streams = ", ".join(str(stream.get("codec")) for stream in media.get("streams", []))
    return f"{media.get('duration')} s, {streams}"


def log_tail(lines: int = 25) -> str:
    return "\n".join(LOG.read_text(errors="replace").splitlines()[-lines:]) if LOG.exists() else ""


def say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)


def main() -> int:
    """Run the demo; return the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, lambda *_: sys.exit(130))
    HOME.mkdir(exist_ok=True)
    LOG.write_bytes(b"")
    port = free_port()
    url, environ = f"http://127.0.0.1:{port}", private_environ(port)
    try:
        migrate(environ)
        with services(environ) as process:
            wait_until_ready(process, url)
            say(f"demo: server and worker are ready at {url}")
            run_client(environ)
            tell_result(url)
    except DemoError as exc:
        say(f"demo: {exc}; the end of {LOG.relative_to(ROOT)}:\n{log_tail()}")
        return 1
    say("demo: server and worker are stopped; `./run up` keeps them running")
    return 0


if __name__ == "__main__":
    sys.exit(main())
