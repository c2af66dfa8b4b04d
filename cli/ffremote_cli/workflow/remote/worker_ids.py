"""Resolves workers as users type them: an id, the beginning of one, or the name of a host."""

from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import Misused

MIN_LENGTH = 4
GONE = "gone"


def resolve_workers(workers: Sequence[Mapping[str, Any]], words: Sequence[str]) -> list[str]:
    """Return the ids of the workers; raise Misused for a word that matches none or several.

    A host matches all its workers that are not gone.
    """
    found = [worker_id for word in words for worker_id in _matches(workers, word)]
    return list(dict.fromkeys(found))


def _matches(workers: Sequence[Mapping[str, Any]], word: str) -> list[str]:
    on_host = [
        str(each["worker_id"])
        for each in workers
        if each.get("host") == word and each.get("state") != GONE
    ]
    if on_host:
        return on_host
    ids = [str(each["worker_id"]) for each in workers]
    found = [each for each in ids if each.startswith(word)] if len(word) >= MIN_LENGTH else []
    if len(found) == 1:
        return found
    if found:
        raise Misused(f"{word!r} matches {len(found)} workers: {', '.join(sorted(found)[:5])}")
    raise Misused(
        f"no worker has the host {word!r} or an id that begins so",
        hint="`ffremote workers` lists them",
    )
