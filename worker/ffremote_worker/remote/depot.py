"""The depot of a worker over HTTP: inputs come from the server, results go there.

The server keeps the files: what a worker has of them is its scratch.
"""

import errno
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from ffremote.depot import keys
from ffremote.depot.protocol import (
    DepotAway,
    Described,
    Entry,
    FileLost,
    InParts,
    Kept,
    Part,
    Presentation,
)
from ffremote.host.file_system import remove_tree
from ffremote.ledger import wire
from ffremote_cli.errors import Refused

from .fetching import fetch
from .held_claims import HeldClaims, path_of
from .line import Line, ServerAway, words
from .part_sending import PartSender
from .rate import SharedRate
from .sending import Sender
from .tries import Tries

FETCHES = 2  # of a file whose sha256 is known: bytes may also change on their way
AT_ONCE = 4  # files of a job with several
PUBLISH_SECONDS = 60.0  # the server checks and keeps; asked again, it goes on with that
ONE = "result"  # the name of the only file, which the job has
BYTES = "application/octet-stream"


class HttpDepot:
    """Fetches inputs of the claim that this process holds, and keeps its results."""

    is_on_this_disk = False

    def __init__(
        self, line: Line, held: HeldClaims, rate: SharedRate, *, outage_seconds: float
    ) -> None:
        self.line = line
        self.held = held
        self._rate = rate
        self._seconds = outage_seconds
        self._sender = Sender(line, rate, seconds=outage_seconds)
        self._part_sender = PartSender(line, rate, seconds=outage_seconds)

    def has(self, name: str | None) -> bool:
        """Return True: whatever has the file, the server sends it."""
        return True

    def own(self, installation: str) -> None:
        """Do nothing: the files are the server's."""

    def in_parts(self, size: int) -> InParts | None:
        """Return None: uploads arrive at the server."""
        return None

    def remove_leftovers(
        self, min_age: float, needed: Callable[[Collection[str]], Collection[str]]
    ) -> int:
        """Return 0: what broke off is on the server, which removes it."""
        return 0

    def keep(self, path: Path, key: str, *, sha256: str | None = None) -> Kept:
        """Send the only result of the attempt, let the server keep it, then remove it here."""
        url = _claim_of(key)
        sent = self._sent_only(path, f"{url}/results/0", sha256)
        self._publish(url, [sent], is_one=True)
        path.unlink()
        return Kept(sent.bytes, sent.sha256)

    def keep_all(self, folder: Path, key: str, files: Sequence[Described]) -> None:
        """Send the results of the attempt, some at a time, as `keep` does."""
        keys.require_folder(key)
        url = _claim_of(keys.file(key, 0))
        with ThreadPoolExecutor(AT_ONCE, "send") as pool:
            running = [
                pool.submit(
                    self._sent, folder / str(position), f"{url}/results/{position}", each.sha256
                )
                for position, each in enumerate(files)
            ]
            try:
                for each in running:
                    each.result()
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        self._publish(url, [_sent_file(each) for each in files], is_one=False)
        remove_tree(folder)

    def fetch(
        self,
        key: str,
        path: Path,
        *,
        sha256: str | None = None,
        go_on: Callable[[], bool] = lambda: True,
    ) -> None:
        """Fetch an input of the claim; what arrives damaged is fetched once more."""
        keys.require_key(key)
        url = self.held.input_path(key)
        if url is None:
            raise FileNotFoundError(errno.ENOENT, "no input of the job that this worker holds")
        for _ in range(FETCHES):
            with _translated():
                found = fetch(
                    self.line, url, path, rate=self._rate, seconds=self._seconds, go_on=go_on
                )
            if sha256 in (None, found):
                return
            path.unlink()
        raise FileLost("an input arrived with other bytes than it has")

    def remove(self, key: str) -> None:
        """Do nothing: the server removes what an attempt left when it ends."""
        keys.require_key(key)

    def remove_all(self, folder: str) -> None:
        """Do nothing, as `remove`."""
        keys.require_folder(folder)

    def check(self) -> None:
        """Do nothing: a claim shows whether the server answers."""

    def share(self, key: str, path: Path) -> None:
        """Leave the file as it is."""
        keys.require_key(key)

    def size(self, key: str) -> int:
        """Refuse: a worker fetches its inputs and reads nothing else."""
        _refuse(key)

    def open(self, key: str, start: int, stop: int) -> Part:
        """Refuse, as `size`."""
        _refuse(key)

    def link(self, key: str, presentation: Presentation, *, seconds: int) -> str | None:
        """Return None: only the server gives links."""
        return None

    def listed(self, under: str) -> Iterator[Entry]:
        """Refuse, as `size`."""
        raise OSError(errno.EOPNOTSUPP, "a worker over HTTP does not list files of the server")

    def _sent(self, path: Path, url: str, sha256: str | None) -> tuple[int, str]:
        """Send a file unless all are published already; return its size and sha256."""
        with _translated():
            return self._sender.send(path, url, sha256=sha256)

    def _sent_only(self, path: Path, url: str, sha256: str | None) -> wire.SentFile:
        """Send the only result, to the object store if the server gives links to it."""
        with _translated():
            parts = self._part_sender.send(path, url, sha256=sha256)
        if parts is None:
            return _described(*self._sent(path, url, sha256))
        described = _described(parts.size, parts.sha256)
        return described.model_copy(update={"upload": parts.upload, "etags": parts.etags})

    def _publish(self, url: str, files: list[wire.SentFile], *, is_one: bool) -> None:
        """Let the server check and keep what has arrived."""
        body, tries = wire.SentResults(files=files, is_one=is_one), Tries(self._seconds)
        with _translated():
            while True:
                try:
                    done = self.line.ask(
                        wire.Published, "POST", f"{url}/results", body=body, seconds=PUBLISH_SECONDS
                    )
                    self.held.receipt = done.receipt
                    return
                except ServerAway as exc:
                    tries.pause(exc)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the server says into the errors of a depot."""
    try:
        yield
    except ServerAway as exc:
        raise DepotAway(str(exc)) from exc
    except Refused as exc:
        if exc.status == 413:
            raise OSError(errno.EFBIG, words(exc)) from exc
        # A lost claim, or bytes that arrived damaged: the heartbeat or the next try shows it.
        raise DepotAway(words(exc)) from exc


def _claim_of(key: str) -> str:
    """Return the path of the claim whose result has this key; raise ValueError."""
    keys.require_key(key)
    owner = keys.owner(key)
    if owner is None or owner.token is None:
        raise ValueError(f"{key!r} is not the key of a result")
    return path_of(owner.id, owner.token)


def _described(size: int, sha256: str) -> wire.SentFile:
    return wire.SentFile(name=ONE, bytes=size, sha256=sha256, content_type=BYTES)


def _sent_file(found: Described) -> wire.SentFile:
    return wire.SentFile(
        name=found.name,
        bytes=found.bytes,
        sha256=found.sha256,
        content_type=found.content_type,
        duration=found.duration,
    )


def _refuse(key: str) -> NoReturn:
    keys.require_key(key)
    raise OSError(errno.EOPNOTSUPP, "a worker over HTTP does not read files of the server")
