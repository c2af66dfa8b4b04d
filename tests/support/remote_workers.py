"""Workers over HTTP as processes, each with a directory of its own."""

import re
import subprocess
from pathlib import Path

from tests.support.service import BIN, Service
from tests.support.waiting import wait_for

OF_SERVER = ("FFREMOTE_DATA_DIR", "FFREMOTE_STORAGE_URL", "FFREMOTE_DOWNLOADS")


def worker_token(service: Service, name: str) -> str:
    """Make a token on the server's machine."""
    argv = [BIN / "flask", "--app", "ffremote", "token", "add", name, "--worker"]
    done = subprocess.run(
        argv, env=service.environ, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


class RemoteWorker:
    """A worker that knows the URL of the server and a token, and shares nothing else with it."""

    def __init__(self, service: Service, home: Path, token: str) -> None:
        self.home = home
        self.data = home / "data"
        self._service = service
        self._environ = {
            name: value
            for name, value in service.environ.items()
            if name not in OF_SERVER and not name.startswith("AWS_")
        }
        self._environ |= {
            "HOME": str(home),
            "FFREMOTE_DATA_DIR": str(self.data),
            "FFREMOTE_WORKER_TOKEN": token,
            "FFREMOTE_WORKER_SERVER": service.url.removesuffix("/api/v1"),
        }
        self.log = home / "log"

    def start(self, *options: str, **environ: str) -> subprocess.Popen[bytes]:
        """Start it, without waiting; the service stops it at its end."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                [BIN / "ffremote-worker", *options],
                env=self._environ | environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._service.running.append(child)
        return child

    def start_working(self, *options: str, **environ: str) -> subprocess.Popen[bytes]:
        """Start it; wait until it has registered."""
        seen = self.text().count("slots, FFmpeg")
        child = self.start(*options, **environ)
        wait_for(lambda: self.text().count("slots, FFmpeg") > seen)
        return child

    def text(self) -> str:
        """Return what it has printed."""
        return self.log.read_text() if self.log.exists() else ""

    @property
    def id(self) -> str:
        """The id of the worker that was started last."""
        return re.findall(r"worker (\S+): \d+ slots", self.text())[-1]

    def files(self) -> list[str]:
        """Return the files and directories of jobs and processes that it has."""
        found = [*self.data.glob("jobs/*"), *self.data.glob("run/*.lock")]
        return sorted(str(path.relative_to(self.data)) for path in found)
