"""What a worker must know for a job besides encoders: words among the job's needs.

A worker of an earlier version, which does not know a word, never claims a job that needs it.
"""

SEVERAL = "inputs"
"""More than one input."""
NO_INPUT = "sources"
"""No input: everything comes from sources."""
OUTPUTS = "outputs"
"""Several outputs."""
KEYS_2 = "keys-2"
"""A key that workers of version 0.1.0 do not know."""
SEQUENCE = "sequence"
"""Pictures as an input, which have to be taken apart."""
PROBE = "probe"
"""A job that only describes its inputs."""
REPORT = "report"
"""An output that is no file."""
EXCERPT = "excerpt"
"""A description of parts of a file, which needs a file system that tells what was read."""

ALL = frozenset({SEVERAL, NO_INPUT, OUTPUTS, KEYS_2, SEQUENCE, PROBE, REPORT})
"""What all workers of this version know."""


def needs_of(count: int) -> frozenset[str]:
    """Return what a worker must know in order to claim a job with `count` inputs."""
    if count == 1:
        return frozenset()
    return frozenset({SEVERAL if count else NO_INPUT})


def has_several(needs: str) -> bool:
    """Return whether the job with these needs has more than one input."""
    return SEVERAL in needs.split()
