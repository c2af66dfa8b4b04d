"""Whole files in a bucket: an object for each key, made once.

The row decides whether an object counts, so that nothing here needs a rename, a condition or a
listing that is up to date.
"""

import errno
import hashlib
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from botocore.exceptions import BotoCoreError, ClientError

from ffremote.host.file_system import remove_tree
from ffremote.s3_address import S3Address

from .. import keys
from ..protocol import DepotAway, Described, Entry, FileLost, Kept, Presentation
from . import fetching, listing, sending
from .bucket import Bucket
from .errors import away, translated
from .ownership import Ownership
from .parts import S3Parts
from .reading import S3Part

CHECK = "check"
FETCHES = 2  # of a file whose sha256 is known: bytes may also change on their way


class S3Depot:
    """The depot in a bucket, below the prefix of its address."""

    is_on_this_disk = False

    def __init__(self, address: S3Address) -> None:
        self._bucket = Bucket(address)
        self._ownership = Ownership(self._bucket)

    def has(self, name: str | None) -> bool:
        """Return whether it is a key: files from before the object store are on the disk."""
        return name is not None

    def own(self, installation: str) -> None:
        """Look whose the prefix is; nothing is written or removed there before that is known."""
        self._ownership.claim(installation)

    def keep(self, path: Path, key: str, *, sha256: str | None = None) -> Kept:
        """Send the file, then remove it here."""
        keys.require_key(key)
        self._ownership.require()
        digest = hashlib.sha256()
        size = sending.send(self._bucket, path, key, *(() if sha256 else (digest,)))
        path.unlink()
        return Kept(size, sha256 or digest.hexdigest())

    def keep_all(self, folder: Path, key: str, files: Sequence[Described]) -> None:
        """Send the files of the directory, which have their positions as names; then remove it."""
        keys.require_folder(key)
        self._ownership.require()
        for path in sorted(folder.iterdir(), key=lambda each: int(each.name)):
            sending.send(self._bucket, path, keys.file(key, int(path.name)))
        remove_tree(folder)

    def share(self, key: str, path: Path) -> None:
        """Leave the file as it is: two objects share no space."""
        keys.require_key(key)

    def fetch(
        self,
        key: str,
        path: Path,
        *,
        sha256: str | None = None,
        go_on: Callable[[], bool] = lambda: True,
    ) -> None:
        """Write the object's bytes to a new file."""
        size = self.size(key)
        for _ in range(FETCHES):
            found = fetching.fetch(self._bucket, key, size, path, go_on)
            if sha256 in (None, found):
                return
            path.unlink()
        raise FileLost(errno.EIO, "The object store has other bytes than it was given")

    def size(self, key: str) -> int:
        """Return the size of the object."""
        keys.require_key(key)
        try:
            head = self._bucket.client.head_object(**self._bucket.name(key))
        except ClientError as exc:
            raise self._explained(key) from exc
        except BotoCoreError as exc:
            raise away(exc) from exc
        return int(head["ContentLength"])

    def open(self, key: str, start: int, stop: int) -> S3Part:
        """Ask for the range; what the server has begun to send goes on if it is removed."""
        keys.require_key(key)
        return S3Part(self._bucket, key, start, stop)

    def remove(self, key: str) -> None:
        """Remove the object."""
        keys.require_key(key)
        self._ownership.require()
        listing.remove(self._bucket, [key])

    def remove_all(self, folder: str) -> None:
        """Remove the objects below the folder, and the parts of an upload that is not whole."""
        keys.require_folder(folder)
        self._ownership.require()
        if folder.startswith("uploads/"):
            for key, upload, _ in list(listing.unfinished(self._bucket, f"{folder}/")):
                listing.abort(self._bucket, key, upload)
        found = [entry.key for entry in listing.entries(self._bucket, f"{folder}/")]
        listing.remove(self._bucket, found)

    def check(self) -> None:
        """Write a small object; raise DepotAway, which says what is wrong."""
        self._ownership.require()
        body = io.BytesIO(b"ffremote writes this object to see whether it can.\n")
        with translated():
            self._bucket.impatient_client.put_object(**self._bucket.name(CHECK), Body=body)

    def link(self, key: str, presentation: Presentation, *, seconds: int) -> str:
        """Return a presigned URL, which says for itself how the file is to be sent."""
        keys.require_key(key)
        wanted = {"ResponseContentType": presentation.media_type}
        if presentation.disposition is not None:
            wanted["ResponseContentDisposition"] = presentation.disposition
        names = self._bucket.name(key) | wanted
        with translated():
            link = self._bucket.signing_client.generate_presigned_url(
                "get_object", Params=names, ExpiresIn=seconds
            )
        return str(link)

    def listed(self, under: str) -> Iterator[Entry]:
        """Yield the objects whose keys begin with `under`."""
        if under not in keys.ROOTS:
            keys.require_folder(under)
        return listing.entries(self._bucket, f"{under}/")

    def in_parts(self, size: int) -> S3Parts:
        """Return the uploads in parts of S3."""
        return S3Parts(self._bucket, self._ownership, size)

    def remove_leftovers(
        self, min_age: float, needed: Callable[[Collection[str]], Collection[str]]
    ) -> int:
        """Give up the parts of files that were never completed."""
        self._ownership.require()
        found = [each for each in listing.unfinished(self._bucket, "") if each[2] > min_age]
        stay = needed([upload for _, upload, _ in found])
        dead = [(key, upload) for key, upload, _ in found if upload not in stay]
        for key, upload in dead:
            listing.abort(self._bucket, key, upload)
        return len(dead)

    def _explained(self, key: str) -> Exception:
        """Return why a HEAD was refused, by asking for a byte: only a GET's answer has a body.

        A missing bucket must not pass for a missing file.
        """
        try:
            with translated(key):
                self._bucket.client.get_object(**self._bucket.name(key), Range="bytes=0-0")
        except (FileNotFoundError, DepotAway) as exc:
            return exc
        return DepotAway("The object store says of a file that it has it, and that it has not.")
