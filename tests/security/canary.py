"""A canary: a secret file, a listening socket and a watched tree that no job may touch."""

import ctypes
import os
import shutil
import socket
import struct
import tempfile
from pathlib import Path

IN_ACCESS, IN_MODIFY, IN_OPEN, IN_CREATE, IN_DELETE = 0x1, 0x2, 0x20, 0x100, 0x200
IN_MOVED = 0xC0
EVERYTHING = IN_ACCESS | IN_MODIFY | IN_OPEN | IN_CREATE | IN_DELETE | IN_MOVED
TOKEN = "canary-7f3a9c51e2"


class Canary:
    """A tree with secrets, watched by inotify, and a listening port."""

    def __init__(self) -> None:
        # outside pytest's own directory, which other runs of pytest scan to clean it
        self.tree = Path(tempfile.mkdtemp(prefix="ffremote-canary-"))
        self.secret = self.tree / "secret.txt"
        self.secret.write_text(f"{TOKEN}\n" * 100)
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.setblocking(False)
        self.port = self.listening.getsockname()[1]
        libc = ctypes.CDLL(None, use_errno=True)
        self.watch = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        watched = libc.inotify_add_watch(self.watch, os.fsencode(self.tree), EVERYTHING)
        assert self.watch >= 0 and watched >= 0, os.strerror(ctypes.get_errno())

    def add_media(self, media: Path) -> Path:
        """Add a playable file to the tree, for attacks that need real media."""
        target = self.tree / f"media{media.suffix}"
        target.write_bytes(media.read_bytes())
        self.events()
        return target

    def events(self) -> list[str]:
        """Return what happened to the tree and the port since the last call."""
        found = []
        try:
            data = os.read(self.watch, 65536)
        except BlockingIOError:
            data = b""
        while data:
            _, mask, _, length = struct.unpack_from("iIII", data)
            name = data[16 : 16 + length].rstrip(b"\0").decode()
            found.append(f"{name or '.'}: {mask:#x}")
            data = data[16 + length :]
        try:
            connection, _ = self.listening.accept()
            connection.close()
            found.append("a connection")
        except BlockingIOError:
            pass
        return found

    def check_untouched(self, output: bytes, directory: Path) -> None:
        """Fail if a job opened the tree or the port, or wrote any secret."""
        assert self.events() == []
        assert TOKEN.encode() not in output
        assert not any(TOKEN.encode() in path.read_bytes() for path in directory.rglob("*.*"))

    def close(self) -> None:
        """Stop watching."""
        os.close(self.watch)
        self.listening.close()
        shutil.rmtree(self.tree)
