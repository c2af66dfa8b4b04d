"""The API as a process, under its own server and under three other WSGI servers."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
DEADLINE = 30.0
STOCK = (
    "import sys, waitress; from ffremote import create_app;"
    "waitress.serve(create_app(), host='127.0.0.1', port=int(sys.argv[1]), threads=8,"
    " max_request_body_size=1 << 40)"
)
APP = "ffremote.api.app:create_app"
COMMANDS = {
    "ours": [str(BIN / "ffremote-server"), "--port", "{port}"],
    "waitress": [sys.executable, "-c", STOCK, "{port}"],
    "gunicorn": [
        *(str(BIN / "gunicorn"), "-b", "127.0.0.1:{port}", "-k", "gthread", "--threads", "16"),
        *("--log-level", "warning", f"{APP}()"),
    ],
    "granian": [
        *(str(BIN / "granian"), "--host", "127.0.0.1", "--port", "{port}"),
        *("--interface", "wsgi", "--blocking-threads", "16", "--no-access-log", "--factory", APP),
    ],
}


def free_port() -> int:
    """Return an unused port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """A server that can be killed and restarted at the same address."""

    def __init__(self, name: str, environ: dict[str, str], log: Path) -> None:
        self.address = ("127.0.0.1", free_port())
        self.url = f"http://127.0.0.1:{self.address[1]}"
        self.log = log
        self._argv = [word.format(port=self.address[1]) for word in COMMANDS[name]]
        self._environ = environ
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server; wait until it accepts connections."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self._argv,
                env=self._environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + DEADLINE
        while not self._answers():
            assert self._process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.02)

    def kill(self) -> None:
        """Kill the server, as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop the server, as an operator would."""
        self._end(signal.SIGTERM)

    def _end(self, number: signal.Signals) -> None:
        assert self._process is not None
        os.killpg(self._process.pid, number)  # gunicorn and granian have children
        self._process.wait(DEADLINE)

    def _answers(self) -> bool:
        try:
            socket.create_connection(self.address, timeout=1).close()
        except OSError:
            return False
        return True
