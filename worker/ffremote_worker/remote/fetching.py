"""An input from the server to a file on this disk; a broken transfer goes on where it broke."""

import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import requests

from ffremote.depot.protocol import FileLost
from ffremote_cli.errors import Refused

from .line import Line, ServerAway
from .rate import SharedRate
from .tries import Tries

BLOCK_BYTES = 256 << 10  # what a break loses at most


class Unwanted(ServerAway):
    """The caller does not want the file any more."""


class Fetch:
    """The transfer of one file to the descriptor of a new one."""

    def __init__(
        self, line: Line, path: str, descriptor: int, *, rate: SharedRate, go_on: Callable[[], bool]
    ) -> None:
        self._line = line
        self._path = path
        self._descriptor = descriptor
        self._rate = rate
        self._go_on = go_on
        self._size = 0
        self._digest = hashlib.sha256()

    def run(self, tries: Tries) -> str:
        """Fetch all bytes; return their sha256. Raise ServerAway, Refused, FileLost."""
        while True:
            try:
                self._receive(tries)
                return self._digest.hexdigest()
            except ServerAway as exc:
                tries.pause(exc)

    def _receive(self, tries: Tries) -> None:
        headers = {"Range": f"bytes={self._size}-"} if self._size else {}
        response = self._open(headers)
        if response is None:
            return
        with response:
            if response.status_code != 206 and self._size:
                self._start_again()
            try:
                for block in response.iter_content(min(BLOCK_BYTES, self._rate.block)):
                    self._take(block)
                    tries.succeed()
            except requests.exceptions.RequestException as exc:
                raise ServerAway("the connection broke while an input was fetched") from exc
            self._require_all(response.headers)

    def _open(self, headers: Mapping[str, str]) -> Any:
        """Return the answer, None if nothing is left to fetch."""
        try:
            return self._line.download(self._path, headers)
        except Refused as exc:
            if exc.status == 404:
                raise FileLost(exc.message) from exc
            if exc.status == 416 and headers:
                return None
            raise

    def _take(self, block: bytes) -> None:
        if not self._go_on():
            raise Unwanted("the input is not wanted any more", is_misdirected=True)
        self._rate.wait(len(block))
        self._digest.update(block)
        view = memoryview(block)
        while view:
            done = os.pwrite(self._descriptor, view, self._size)
            self._size, view = self._size + done, view[done:]

    def _require_all(self, headers: Mapping[str, str]) -> None:
        """Raise ServerAway for a body that ended too early: some proxies hide that."""
        total = headers.get("Content-Range", "").rpartition("/")[2] or headers.get("Content-Length")
        if total is not None and total.isdigit() and int(total) != self._size:
            raise ServerAway("an input ended before its last byte")

    def _start_again(self) -> None:
        os.ftruncate(self._descriptor, 0)
        self._size, self._digest = 0, hashlib.sha256()


def fetch(
    line: Line,
    path: str,
    target: Path,
    *,
    rate: SharedRate,
    seconds: float,
    go_on: Callable[[], bool],
) -> str:
    """Create `target` with the bytes at `path`; return their sha256. No file is left on errors."""
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        try:
            return Fetch(line, path, descriptor, rate=rate, go_on=go_on).run(Tries(seconds, go_on))
        finally:
            os.close(descriptor)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
