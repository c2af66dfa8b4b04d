"""A TCP proxy before PostgreSQL that cuts the connection between a statement and its answer."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

READY = b"Z\0\0\0\5I"  # ends each answer; outside a transaction: what was asked is committed


@dataclass
class CuttingProxy:
    """Forwards all connections; the first statement with `last` in it is the last of its one.

    The server executes and commits that statement, which must be a transaction of its own, and the
    client does not hear of it. Happens once.
    """

    upstream: Path
    last: bytes
    listener: socket.socket
    cuts: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        """Return the port on 127.0.0.1."""
        found: int = self.listener.getsockname()[1]
        return found

    def serve(self) -> None:
        """Accept connections until the listener is shut down; then end those that are open."""
        forwarders = []
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                forwarder = threading.Thread(target=self._forward, args=(client,))
                forwarder.start()
                forwarders.append((client, forwarder))
        for client, forwarder in forwarders:
            _end(client)
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
        with suppress(OSError):
            while data := client.recv(1 << 16):
                if self.last in data and not self.cuts.is_set():
                    is_last.set()
                    self.cuts.set()
                server.sendall(data)
        _end(server)


def _answers(server: socket.socket, client: socket.socket, is_last: threading.Event) -> None:
    """Forward answers; when the last request is answered, end both connections instead."""
    dropped = b""
    with suppress(OSError):
        while not dropped.endswith(READY) and (data := server.recv(1 << 16)):
            if is_last.is_set():
                dropped += data
            else:
                client.sendall(data)
    _end(client)
    _end(server)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # it has ended
        connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def cutting(upstream: Path, *, last: bytes) -> Iterator[CuttingProxy]:
    """Run a proxy before the Unix socket `upstream`."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        proxy = CuttingProxy(upstream, last, listener)
        server = threading.Thread(target=proxy.serve)
        server.start()
        try:
            yield proxy
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            server.join()
