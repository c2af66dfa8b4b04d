"""The words of tus 1.0.0: its headers, read and refused; nothing is done here."""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ffremote.errors import InvalidArgument, RequestError, UploadConflict

from .hashing import Hash

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,expiration,termination,checksum"
ALGORITHMS = ("sha256", "sha1", "md5")
PIECE = "application/offset+octet-stream"
MAX_METADATA = 48 << 10

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_KEY = re.compile(r"[!-+\--~]+", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class WrongVersion(RequestError):
    """The client speaks another version of tus."""

    code = "INVALID_ARGUMENT"


class ChecksumMismatch(RequestError):
    """The bytes are not those that the client meant."""

    code = "INVALID_ARGUMENT"


class UploadLocked(UploadConflict):
    """Another request writes to the upload."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a piece should hash to."""

    algorithm: str
    expected: bytes

    def start(self) -> Hash:
        """Return a hash to feed the piece to."""
        return hashlib.new(self.algorithm, usedforsecurity=False)

    def require(self, found: Hash) -> None:
        """Raise ChecksumMismatch unless `found` is what was expected."""
        if found.digest() != self.expected:
            raise ChecksumMismatch(
                f"The bytes do not have the announced {self.algorithm}; send them again.",
                field="Upload-Checksum",
            )


def require_version(header: str | None) -> None:
    """Refuse another version; a client that names none, such as curl, is taken at its word."""
    if header is not None and header != VERSION:
        raise WrongVersion(
            f"This server speaks tus {VERSION}, not {header!r}.", field="Tus-Resumable"
        )


def number(name: str, text: str | None) -> int:
    """Read a header that counts bytes."""
    if text is None:
        raise InvalidArgument(name, f"The header {name} is missing.")
    if not _NUMBER.fullmatch(text):
        raise InvalidArgument(
            name, f"{name} cannot be {text[:40]!r}: it is a number of bytes, of 18 digits at most."
        )
    return int(text)


def metadata(header: str | None) -> Mapping[str, bytes]:
    """Read Upload-Metadata: keys and base64 values."""
    if header is None or not header.strip():
        return {}
    if len(header) > MAX_METADATA:
        raise _wrong(f"Upload-Metadata has more than {MAX_METADATA} characters.")
    found: dict[str, bytes] = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        if not _KEY.fullmatch(key):
            raise _wrong(f"Upload-Metadata has a wrong key {key[:40]!r}.")
        if key in found:
            raise _wrong(f"Upload-Metadata has the key {key[:40]!r} twice.")
        found[key] = _base64("Upload-Metadata", value)
    return found


def text(values: Mapping[str, bytes], key: str) -> str | None:
    """Return one value of the metadata as text."""
    if not values.get(key):
        return None
    try:
        return values[key].decode("utf-8")
    except UnicodeDecodeError as exc:
        raise _wrong(f"The {key} in Upload-Metadata is no UTF-8.") from exc


def sha256(found: str | None, *, field: str = "Upload-Metadata") -> str | None:
    """Check that a sha256 is 64 hex digits."""
    if found is not None and not _SHA256.fullmatch(found):
        raise InvalidArgument(field, "A sha256 has 64 hexadecimal digits, in lower case.")
    return found


def checksum(header: str | None) -> Checksum | None:
    """Read Upload-Checksum."""
    if header is None:
        return None
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise InvalidArgument(
            "Upload-Checksum",
            f"{algorithm[:40]!r} is no algorithm of this server; it has {', '.join(ALGORITHMS)}.",
        )
    return Checksum(algorithm, _base64("Upload-Checksum", value))


def _base64(field: str, value: str) -> bytes:
    try:
        return base64.b64decode(value.strip(), validate=True)
    except binascii.Error as exc:
        raise InvalidArgument(field, f"{field} has a value that is no base64.") from exc


def _wrong(message: str) -> InvalidArgument:
    return InvalidArgument("Upload-Metadata", message)
