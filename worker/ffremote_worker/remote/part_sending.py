"""A result to the object store of the server, in parts, by links that the server gives."""

import base64
import hashlib
import logging
from dataclasses import dataclass, field
from pathlib import Path

from ffremote.depot.protocol import PartsLost
from ffremote.ledger import wire
from ffremote_cli.errors import Refused

from .hashed_file import HashedFile, Piece
from .line import Line, ServerAway
from .rate import BLOCK_BYTES, SharedRate
from .tries import Tries

log = logging.getLogger(__name__)

ANSWER_SECONDS = 120.0
FRESH_STARTS = 3  # how often an object store may lose the parts that it had


@dataclass(frozen=True, slots=True)
class SentParts:
    """A file that was sent: its `size` in bytes, and what makes one object of its parts."""

    size: int
    sha256: str
    upload: str
    etags: list[str]


@dataclass
class _Progress:
    """What the object store has of a file, and the links for what comes next."""

    upload: str | None = None
    part_bytes: int = 0
    links: list[str] = field(default_factory=list)
    etags: list[str] = field(default_factory=list)


class PartSender:
    """Sends files one part after the other, each hashed by what is read for it."""

    def __init__(self, line: Line, rate: SharedRate, *, seconds: float) -> None:
        self._line = line
        self._rate = rate
        self._seconds = seconds

    def send(self, path: Path, url: str, *, sha256: str | None = None) -> SentParts | None:
        """Send a file to where the result `url` has it; None if it has to go through the server.

        Raise ServerAway, Refused, OSError.
        """
        with path.open("rb", buffering=0) as opened, HashedFile(opened, sha256) as file:
            done = self._send(file, f"{url}/parts") if file.size else None
            if done is None or done.upload is None:
                return None
            return SentParts(file.size, file.sha256(), done.upload, done.etags)

    def _send(self, file: HashedFile, url: str) -> _Progress | None:
        tries, done, starts = Tries(self._seconds), _Progress(), 0
        while True:
            try:
                if not self._send_some(file, url, done, tries):
                    return None
                if done.part_bytes * len(done.etags) >= file.size:
                    return done
            except PartsLost as exc:
                done, starts = _Progress(), starts + 1
                if starts > FRESH_STARTS:
                    raise ServerAway(str(exc), is_misdirected=True) from exc
            except ServerAway as exc:
                done.links.clear()  # they may have expired
                tries.pause(exc)

    def _send_some(self, file: HashedFile, url: str, done: _Progress, tries: Tries) -> bool:
        """Send the parts for which the server gives links now; return False if it gives none."""
        if not self._ask(url, file.size, done):
            return False
        while done.links:
            start = done.part_bytes * len(done.etags)
            length = min(done.part_bytes, file.size - start)
            try:
                etag = self._put(file, done.links[0], start, length)
            except ServerAway as exc:
                if done.etags:
                    raise
                log.info("results go through the server: %s", exc)
                return False
            done.etags.append(etag)
            del done.links[0]
            tries.succeed()
        return True

    def _ask(self, url: str, size: int, done: _Progress) -> bool:
        wish = wire.PartsWish(bytes=size, upload=done.upload, first=len(done.etags) + 1)
        try:
            offer = self._line.ask(wire.PartsOffer, "POST", url, body=wish)
        except Refused as exc:
            if exc.status == 404:  # a server that knows no such links
                return False
            raise
        done.upload, done.part_bytes, done.links = offer.upload, offer.part_bytes, offer.links
        return bool(offer.upload and offer.links and offer.part_bytes > 0)

    def _put(self, file: HashedFile, link: str, start: int, length: int) -> str:
        digest, place = hashlib.md5(usedforsecurity=False), start
        while place < start + length:
            block = file.read(place, min(BLOCK_BYTES, start + length - place))
            if not block:
                raise OSError("the result became shorter while it was sent")
            digest.update(block)
            place += len(block)
        body = Piece(file, start, length, self._rate)
        md5 = base64.b64encode(digest.digest()).decode()
        return self._line.put(link, body, md5=md5, seconds=ANSWER_SECONDS)
