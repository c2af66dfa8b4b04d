"""Encoder parameters of the server's own, joined with those of the job.

FFmpeg keeps only the last `-x265-params`, so all of them must become one.
"""

from collections.abc import Sequence

# these start a thread for every core whatever -threads says
_THREADS = {"libx265": ("-x265-params", "pools"), "libsvtav1": ("-svtav1-params", "lp")}


def with_server_params(argv: Sequence[str], encoder: str | None, threads: int) -> list[str]:
    """Return the options with one parameter list an encoder, bounded in threads."""
    if encoder not in _THREADS:
        return list(argv)
    name, key = _THREADS[encoder]
    rest: list[str] = []
    params: list[str] = []
    words = iter(argv)
    for word in words:
        if word.split(":")[0] == name:
            params.append(next(words))
        else:
            rest.append(word)
    return [*rest, name, ":".join([*params, f"{key}={threads}"])]
