"""The archive of a job's files, put together in memory."""

from collections.abc import Sequence

from ffremote.files.publication import PublishedFile
from ffremote.files.zip_layout import Member, directory


def archive(files: Sequence[PublishedFile], contents: Sequence[bytes]) -> bytes:
    """Return the bytes of the archive of `files` with these contents."""
    members = [Member(each.name, each.bytes, each.crc32) for each in files]
    stored = [m.header + content for m, content in zip(members, contents, strict=True)]
    return b"".join(stored) + directory(members)
