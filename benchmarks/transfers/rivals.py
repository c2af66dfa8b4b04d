"""What transfers are compared with: a bare socket pump, and nginx if installed."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.parts.keeping import keep
from ffremote.api.ingest.writeback import Writeback

BLOCK = 1 << 20
ROOT = Path(__file__).resolve().parents[2]
Address = tuple[str, int]


@contextmanager
def pump(target: Path, *, keeping: bool = False) -> Iterator[Address]:
    """Run a process that writes the bytes of one connection after another to `target`.

    With `keeping` it also does the least that a durable upload needs: sha256 in another thread,
    and fsync of data that was written back on the way.

    """
    mode = "keeping" if keeping else "plain"
    argv = [sys.executable, "-m", "benchmarks.transfers.rivals", str(target), mode]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield ("127.0.0.1", int(child.stdout.readline()))
        finally:
            child.terminate()


@contextmanager
def nginx(folder: Path) -> Iterator[Address | None]:
    """Run an nginx that stores PUTs in `folder` and serves them; yield None without nginx."""
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if program is None:
        yield None
        return
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    (folder / "files").mkdir(mode=0o777)
    (folder / "files").chmod(0o777)
    conf = folder / "nginx.conf"
    conf.write_text(CONF.format(folder=folder, port=port))
    argv = [program, "-c", str(conf), "-p", str(folder), "-e", str(folder / "error.log")]
    with subprocess.Popen(argv, stderr=subprocess.DEVNULL) as child:
        try:
            _wait_for(port)
            yield ("127.0.0.1", port)
        finally:
            child.terminate()


CONF = """
daemon off; master_process off; pid {folder}/pid; worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off; sendfile on; client_max_body_size 0; client_body_buffer_size 1m;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/files; dav_methods PUT; }}
}}
"""


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            time.sleep(0.02)
            continue
        return
    raise RuntimeError("nginx does not start")


def _pump_forever(target: str, mode: str) -> None:
    take = _keep if mode == "keeping" else _write
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)
        while True:
            client, _ = listener.accept()
            with client, Path(target).open("wb", buffering=0) as file:
                take(client, file.fileno())
                client.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n")


def _write(client: socket.socket, file: int) -> None:
    buffer = memoryview(bytearray(BLOCK))
    while count := client.recv_into(buffer):
        os.write(file, buffer[:count])


def _keep(client: socket.socket, file: int) -> None:
    keep(client, file, BLOCK, Writeback(file, 0).advance_to)


if __name__ == "__main__":
    _pump_forever(*sys.argv[1:])
