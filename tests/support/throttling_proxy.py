"""A TCP proxy that slows connections down, cuts them, or keeps them silent."""

import random
import socket
import ssl
import threading
from contextlib import suppress
from dataclasses import dataclass, field

BLOCK = 16 << 10
LOOK_SECONDS = 0.05


@dataclass
class ThrottlingProxy:
    """Forwards all connections to a port of 127.0.0.1; its faults may change at any time."""

    upstream: int
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    tls: ssl.SSLContext | None = None
    """The certificate that it shows, with TLS; None: it forwards what it gets."""
    rate: float | None = None
    """Bytes per second of each connection in each direction; None: as many as there are."""
    is_cut: bool = False
    """Whether connections are ended and refused."""
    is_silent: bool = False
    """Whether nothing passes, while all connections stay."""
    _over: threading.Event = field(default_factory=threading.Event)
    _open: set[socket.socket] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def start(self) -> None:
        """Serve in threads until `close`."""
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        """End all connections and refuse others until `heal`."""
        self.is_cut = True
        with self._lock:
            for each in self._open:
                _end(each)

    def silence(self) -> None:
        """Let nothing pass until `heal`; all connections stay."""
        self.is_silent = True

    def slow(self, rate: float) -> None:
        """Let so many bytes per second pass until `heal`."""
        self.rate = rate

    def heal(self) -> None:
        """Forward everything again."""
        self.is_cut, self.is_silent, self.rate = False, False, None

    def close(self) -> None:
        """End everything."""
        self._over.set()
        _end(self.listener)
        self.listener.close()
        self.cut()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                if self.tls is not None:
                    client = self._secured(client)
                threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _secured(self, client: socket.socket) -> socket.socket:
        assert self.tls is not None
        try:
            return self.tls.wrap_socket(client, server_side=True)
        except (ssl.SSLError, ConnectionError):  # the client does not trust it
            return client

    def _forward(self, client: socket.socket) -> None:
        if self.is_cut:
            client.close()
            return
        try:
            server = socket.create_connection(("127.0.0.1", self.upstream), timeout=5)
        except OSError:
            client.close()
            return
        server.settimeout(None)
        with client, server:
            with self._lock:
                self._open |= {client, server}
            answers = threading.Thread(target=self._pump, args=(server, client), daemon=True)
            answers.start()
            self._pump(client, server)
            answers.join()
            with self._lock:
                self._open -= {client, server}

    def _pump(self, source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(BLOCK):
                while self.is_silent and not (self.is_cut or self._over.is_set()):
                    self._over.wait(LOOK_SECONDS)
                target.sendall(data)
                if self.rate is not None:
                    self._over.wait(len(data) / self.rate * random.uniform(0.5, 1.5))
        _end(source)
        _end(target)


def _end(connection: socket.socket) -> None:
    with suppress(OSError):  # it has ended
        connection.shutdown(socket.SHUT_RDWR)
