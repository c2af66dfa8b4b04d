"""What was published of an attempt, and the error for what was not announced so."""

from ffremote.errors import InvalidArgument
from ffremote.files.publication import PublishedFile
from ffremote.ledger.wire import Body


class Record(Body):
    """What was published: `files` is empty for a job with one file.

    `object` names it in an object store; None: it is on this host's disk.
    """

    bytes: int
    sha256: str | None
    files: list[PublishedFile]
    object: str | None = None


def other_bytes(number: int, field: str) -> InvalidArgument:
    """Return the error for a file with another size or sha256 than its worker announced."""
    name = f"files[{number}].{field}"
    return InvalidArgument(name, f"{name}: what has arrived is something else; send it again.")
