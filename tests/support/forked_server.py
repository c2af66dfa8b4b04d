"""`ffremote-server` forked from a process that has imported it: quickly killed and restarted.

Run as a program, it forks one server for each line on stdin, and prints its PID.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from ffremote.api import main as server
from tests.support.server_processes import DEADLINE, free_port


class ForkedServer:
    """A server at one address that can be killed and restarted."""

    def __init__(self, environ: dict[str, str], log: Path) -> None:
        self.address = ("127.0.0.1", free_port())
        self.url = f"http://127.0.0.1:{self.address[1]}"
        self._environ = {**environ, "FFREMOTE_PORT": str(self.address[1])}

        self._log = log

    def __enter__(self) -> Self:
        with self._log.open("ab") as log:
            self._parent = subprocess.Popen(
                [sys.executable, "-m", __name__],
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                bufsize=1,
            )
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        self._parent.communicate(timeout=DEADLINE)

    def start(self) -> None:
        """Start the server; wait until it accepts connections."""
        assert self._parent.stdin and self._parent.stdout
        self._parent.stdin.write("\n")
        self._pid = int(self._parent.stdout.readline())
        deadline = time.monotonic() + DEADLINE
        while True:
            try:
                return socket.create_connection(self.address, timeout=1).close()
            except OSError:
                assert time.monotonic() < deadline, self._log.read_text()
                time.sleep(0.01)

    def kill(self) -> None:
        """Kill the server, as a power cut would, and wait for its end."""
        assert self._parent.stdout
        os.kill(self._pid, signal.SIGKILL)
        assert self._parent.stdout.readline() == "-9\n"


def main() -> None:
    """Fork a server for each line of stdin; print its PID, then its exit status."""
    for _ in sys.stdin:
        pid = os.fork()
        if pid == 0:
            sys.argv = ["ffremote-server"]
            server.main()
        print(pid, flush=True)
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
