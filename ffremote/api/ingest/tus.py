"""The headers of tus 1.0.0: constants, parsing, validation."""

import base64
import binascii
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ffremote.errors import InvalidArgument, RequestError, UploadConflict
from ffremote.files.background_hash import Hash
from ffremote.spec.roles import ROLES, Role

VERSION = "1.0.0"
INDEX_FIRST = "index-first/1"
"""The order of an MP4 or MOV whose index was moved before its media by the client."""
EXTENSIONS = "creation,creation-with-upload,expiration,termination,checksum"
ALGORITHMS = ("sha256", "sha1", "md5")
CHUNK_TYPE = "application/offset+octet-stream"
MAX_METADATA = 48 << 10

_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_KEY = re.compile(r"[!-+\--~]+", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class WrongVersion(RequestError):
    """The client uses another version of tus."""

    code = "INVALID_ARGUMENT"


class ChecksumMismatch(RequestError):
    """The received bytes do not have the checksum that the client sent."""

    code = "INVALID_ARGUMENT"


class UploadLocked(UploadConflict):
    """Another request is writing to the upload."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """The expected hash of a chunk."""

    algorithm: str
    expected: bytes

    def start(self) -> Hash:
        """Return a new hash object for the chunk."""
        return hashlib.new(self.algorithm, usedforsecurity=False)

    def require(self, digest: Hash) -> None:
        """Raise ChecksumMismatch unless `digest` is the expected one."""
        if digest.digest() != self.expected:
            raise ChecksumMismatch(
                f"The bytes do not have the {self.algorithm} in Upload-Checksum; send them again.",
                field="Upload-Checksum",
            )


def require_version(header: str | None) -> None:
    """Raise WrongVersion for another version; accept clients that send none, such as curl."""
    if header is not None and header != VERSION:
        raise WrongVersion(
            f"This server supports tus {VERSION}, not {header!r}.", field="Tus-Resumable"
        )


def byte_count(name: str, text: str | None) -> int:
    """Return a header or parameter that is a number of bytes; raise InvalidArgument."""
    if text is None:
        raise InvalidArgument(name, f"{name} is missing.")
    if not _NUMBER.fullmatch(text):
        raise InvalidArgument(
            name, f"{name} cannot be {text[:40]!r}: write a number of bytes with at most 18 digits."
        )
    return int(text)


def parse_metadata(header: str | None) -> Mapping[str, bytes]:
    """Parse Upload-Metadata, keys with base64 values; raise InvalidArgument."""
    if header is None or not header.strip():
        return {}
    if len(header) > MAX_METADATA:
        raise _wrong(f"Upload-Metadata has more than {MAX_METADATA} characters.")
    values: dict[str, bytes] = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        if not _KEY.fullmatch(key):
            raise _wrong(f"Upload-Metadata has the invalid key {key[:40]!r}.")
        if key in values:
            raise _wrong(f"Upload-Metadata has the key {key[:40]!r} twice.")
        values[key] = _base64("Upload-Metadata", value)
    return values


def metadata_text(values: Mapping[str, bytes], key: str) -> str | None:
    """Return one value of the metadata as text, None if it is missing or empty."""
    if not values.get(key):
        return None
    try:
        return values[key].decode("utf-8")
    except UnicodeDecodeError as exc:
        raise _wrong(f"The {key} in Upload-Metadata is not UTF-8.") from exc


def role_in(values: Mapping[str, bytes]) -> Role:
    """Return what the upload is for, which decides its first bytes; raise InvalidArgument."""
    text = metadata_text(values, "role") or _role_of_job(values.get("job"))
    role = next((each for each in ROLES if each == (text or "media")), None)
    if role is None:
        shown, known = (text or "")[:40], ", ".join(ROLES)
        raise _wrong(f"The role in Upload-Metadata cannot be {shown!r}: it is one of {known}.")
    return role


def _role_of_job(raw: bytes | None) -> str | None:
    """Return the role that the job in the metadata, which was checked before, gives its input."""
    try:
        job = json.loads(raw or b"{}")
        return str((job.get("input") or job["inputs"][0])["role"])
    except (ValueError, TypeError, LookupError, AttributeError):
        return None


def require_sha256(value: str | None, *, field: str = "Upload-Metadata") -> str | None:
    """Return `value` unchanged; raise InvalidArgument unless it is None or 64 hex digits."""
    if value is not None and not _SHA256.fullmatch(value):
        raise InvalidArgument(field, "A sha256 has 64 lower-case hexadecimal digits.")
    return value


def parse_checksum(header: str | None) -> Checksum | None:
    """Parse Upload-Checksum; raise InvalidArgument. None without the header."""
    if header is None:
        return None
    algorithm, _, value = header.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise InvalidArgument(
            "Upload-Checksum",
            f"Unsupported algorithm {algorithm[:40]!r}; use one of {', '.join(ALGORITHMS)}.",
        )
    return Checksum(algorithm, _base64("Upload-Checksum", value))


def _base64(field: str, value: str) -> bytes:
    try:
        return base64.b64decode(value.strip(), validate=True)
    except binascii.Error as exc:
        raise InvalidArgument(field, f"{field} has a value that is not base64.") from exc


def _wrong(message: str) -> InvalidArgument:
    return InvalidArgument("Upload-Metadata", message)


def order_facts(raw: str | None) -> dict[str, str | None]:
    """Return that an upload's bytes are in another order than those of the client's file.

    With it the sha256 of the file; the upload's own is that of the bytes as they were sent.
    """
    values = parse_metadata(raw)
    if metadata_text(values, "order") != INDEX_FIRST:
        return {}
    return {"layout": "reordered", "original_sha256": metadata_text(values, "original-sha256")}
