"""A TCP proxy before PostgreSQL that cuts the connection between a COMMIT and its answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

COMMIT = b"COMMIT"


@dataclass
class CuttingProxy:
    """Forwards all connections; once `after` was sent by a client, its next COMMIT is the last.

    The server executes that COMMIT, and the client does not hear of it. Happens once.
    """

    upstream: Path
    after: bytes
    listener: socket.socket
    cuts: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        """Return the port on 127.0.0.1."""
        found: int = self.listener.getsockname()[1]
        return found

    def serve(self) -> None:
        """Accept connections until the listener is shut down; then wait until they have ended."""
        forwarders = []
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                forwarders.append(threading.Thread(target=self._forward, args=(client,)))
                forwarders[-1].start()
        for forwarder in forwarders:
            forwarder.join()

    def _forward(self, client: socket.socket) -> None:
        is_last = threading.Event()
        with client, socket.socket(socket.AF_UNIX) as server:
            server.connect(str(self.upstream))
            answers = threading.Thread(target=_answers, args=(server, client, is_last))
            answers.start()
            self._requests(client, server, is_last)
            answers.join()

    def _requests(
        self, client: socket.socket, server: socket.socket, is_last: threading.Event
    ) -> None:
        seen = False
        with suppress(OSError):
            while data := client.recv(1 << 16):
                seen = seen or self.after in data
                if seen and COMMIT in data and not self.cuts.is_set():
                    is_last.set()
                    self.cuts.set()
                server.sendall(data)
            server.shutdown(socket.SHUT_RDWR)


def _answers(server: socket.socket, client: socket.socket, is_last: threading.Event) -> None:
    """Forward answers; when the last request is answered, end both connections instead."""
    with suppress(OSError):
        while (data := server.recv(1 << 16)) and not is_last.is_set():
            client.sendall(data)
    for each in (client, server):
        with suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(upstream: Path, *, after: bytes) -> Iterator[CuttingProxy]:
    """Run a proxy before the Unix socket `upstream`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = CuttingProxy(upstream, after, listener)
        server = threading.Thread(target=proxy.serve)
        server.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            server.join()
