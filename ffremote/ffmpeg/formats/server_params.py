"""Merge encoder parameters of the server with those of the job.

FFmpeg uses only the last `-x265-params`, so all of them must be one option.
"""

from collections.abc import Sequence

# these start one thread per core and ignore -threads
_THREADS = {"libx265": ("-x265-params", "pools"), "libsvtav1": ("-svtav1-params", "lp")}


def with_server_params(argv: Sequence[str], encoder: str | None, threads: int) -> list[str]:
    """Return the options with a single parameter list, which limits the threads."""
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


def pass_options(encoder: str | None, number: int, attempt: str) -> list[str]:
    """Return the options of the first or the second of two passes, with a file of the attempt."""
    if encoder == "libx265":
        return ["-x265-params", f"pass={number}:stats={attempt}/pass.log"]
    return ["-pass", str(number), "-passlogfile", f"{attempt}/pass"]
