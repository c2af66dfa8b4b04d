"""An HTTP proxy that a machine without a network reaches on its own 127.0.0.1, for installs only.

Its socket is made in the machine's network, its connections come from this one.
"""

import ctypes
import os
import select
import socket
import threading
from pathlib import Path

CLONE_NEWNET = 0x40000000
PORT = 3128
_BLOCK = 65536


def start(pid: int) -> str:
    """Serve the network of process `pid`, until this program ends; return the proxy's address."""
    made: list[socket.socket | OSError] = []
    thread = threading.Thread(target=lambda: made.append(_listen_in(pid)))
    thread.start()  # setns changes the network of one thread only; this one ends afterwards
    thread.join()
    if isinstance(made[0], OSError):
        raise made[0]
    threading.Thread(target=_accept, args=(made[0],), daemon=True).start()
    return f"http://127.0.0.1:{PORT}"


def _listen_in(pid: int) -> socket.socket | OSError:
    libc = ctypes.CDLL(None, use_errno=True)
    with Path(f"/proc/{pid}/ns/net").open() as network:
        if libc.setns(network.fileno(), CLONE_NEWNET):
            return OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return socket.create_server(("127.0.0.1", PORT))


def _accept(listener: socket.socket) -> None:
    while True:
        client, _ = listener.accept()
        threading.Thread(target=_relay, args=(client,), daemon=True).start()


def _relay(client: socket.socket) -> None:
    """Connect the client to the host that it names by CONNECT, and copy until one side ends."""
    with client:
        head = b""
        while b"\r\n\r\n" not in head and (block := client.recv(_BLOCK)):
            head += block
        method, _, rest = head.decode("latin-1").partition(" ")
        host, _, port = rest.partition(" ")[0].rpartition(":")
        if method != "CONNECT" or not port.isdecimal():
            client.sendall(b"HTTP/1.1 405 Method Not Allowed\r\n\r\n")
            return
        try:
            server = socket.create_connection((host.strip("[]"), int(port)), timeout=30)
        except OSError:
            client.sendall(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            return
        with server:
            client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            _copy(client, server)


def _copy(one: socket.socket, other: socket.socket) -> None:
    while True:
        for source in select.select([one, other], [], [])[0]:
            try:
                block = source.recv(_BLOCK)
                (other if source is one else one).sendall(block)
            except OSError:
                return
            if not block:
                return
