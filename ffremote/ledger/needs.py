"""What a worker must know for a job besides encoders: words among the job's needs.

A worker of an earlier version, which does not know a word, never claims a job that needs it.
"""

from collections.abc import Iterable

SEVERAL = "inputs"
"""More than one input."""
NO_INPUT = "sources"
"""No input: everything comes from sources."""
OUTPUTS = "outputs"
"""Several outputs."""
KEYS_2 = "keys-2"
"""A key that workers of version 0.1.0 do not know."""
KEYS_3 = "keys-3"
"""A key that workers of version 0.2.0 do not know."""
SEQUENCE = "sequence"
"""Pictures as an input, which have to be taken apart."""
PROBE = "probe"
"""A job that only describes its inputs."""
REPORT = "report"
"""An output that is no file."""
EXCERPT = "excerpt"
"""A description of parts of a file, which needs a file system that tells what was read."""

LABEL, ROOM = "label:", "room:"
"""What the words for a label, and for GiB of free space, begin with."""
GIB = 1 << 30
ROOM_FROM_BYTES = 256 << 20  # below, a worker that has its reserve of free space has room

ALL = frozenset({SEVERAL, NO_INPUT, OUTPUTS, KEYS_2, KEYS_3, SEQUENCE, PROBE, REPORT})
"""What all workers of this version know."""


def needs_of(count: int) -> frozenset[str]:
    """Return what a worker must know in order to claim a job with `count` inputs."""
    if count == 1:
        return frozenset()
    return frozenset({SEVERAL if count else NO_INPUT})


def has_several(needs: str) -> bool:
    """Return whether the job with these needs has more than one input."""
    return SEVERAL in needs.split()


def label(name: str) -> str:
    """Return the word for a label that a worker must have."""
    return f"{LABEL}{name}"


def room(size: int) -> frozenset[str]:
    """Return the word for `size` bytes that a worker without the server's disk has to store.

    In GiB: the jobs of a queue have few different needs.
    """
    return frozenset() if size <= ROOM_FROM_BYTES else frozenset({f"{ROOM}{-(-size // GIB)}"})


def able(encoders: Iterable[str], *, excerpts: bool, labels: Iterable[str]) -> frozenset[str]:
    """Return all words that a worker of this version can serve."""
    return ALL.union(encoders, map(label, labels), {EXCERPT} if excerpts else ())


def fits(needs: str, able: frozenset[str], free_bytes: int | None = None) -> bool:
    """Return whether a worker that is `able` can run a job with these needs.

    `free_bytes` is how much it can store; None: the files of jobs are on its disk already.
    """
    return not missing(needs, able, free_bytes)


def missing(needs: str, able: frozenset[str], free_bytes: int | None = None) -> frozenset[str]:
    """Return the words that a worker lacks."""
    lacking = frozenset(needs.split()) - able
    return frozenset(word for word in lacking if not _has_room(word, free_bytes))


def has_room(needs: str, free_bytes: int | None) -> bool:
    """Return whether a worker with so much space can store a job with these needs."""
    words = (word for word in needs.split() if word.startswith(ROOM))
    return all(_has_room(word, free_bytes) for word in words)


def _has_room(word: str, free_bytes: int | None) -> bool:
    if not word.startswith(ROOM):
        return False
    return free_bytes is None or free_bytes >= int(word.removeprefix(ROOM)) * GIB
