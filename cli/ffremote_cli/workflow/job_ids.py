"""Resolves job ids as users type them: a full id, the beginning of one, or `last`."""

from difflib import get_close_matches

from ..client.client import Client
from ..errors import Misused
from .history import History

ID_LENGTH = 36
MIN_LENGTH = 4
_LISTED_JOBS = 500


def resolve_ids(client: Client, history: History, words: tuple[str, ...]) -> tuple[str, ...]:
    """Return the full ids; raise Misused for a word that matches no job or several."""
    return tuple(_resolve(client, history, word) for word in words)


def _resolve(client: Client, history: History, word: str) -> str:
    if len(word) >= ID_LENGTH:
        return word
    if word == "last":
        return _last(client, history)
    known = {entry.job_id for entry in history.newest(client.url)}
    found = {each for each in known if each.startswith(word)} if len(word) >= MIN_LENGTH else set()
    if len(found) != 1 and len(word) >= MIN_LENGTH:
        listed = {item.job_id for item in client.jobs(limit=_LISTED_JOBS).items}
        found = {each for each in known | listed if each.startswith(word)}
        known |= listed
    if len(found) == 1:
        return found.pop()
    raise _no_match(word, found, known)


def _last(client: Client, history: History) -> str:
    entry = next(history.newest(client.url), None)
    if entry is None:
        raise Misused(
            f"no job was submitted from this machine to {client.url}",
            hint="`ffremote list` shows all jobs",
        )
    return entry.job_id


def _no_match(word: str, found: set[str], known: set[str]) -> Misused:
    if len(found) > 1:
        return Misused(f"{word!r} matches {len(found)} jobs: {', '.join(sorted(found)[:5])}")
    if len(word) < MIN_LENGTH:
        return Misused(f"{word!r} is too short for a job id; type at least {MIN_LENGTH} characters")
    close = get_close_matches(word, [each[: len(word)] for each in known], n=1, cutoff=0.7)
    hint = f"did you mean {close[0]}?" if close else "`ffremote list` shows all jobs"
    return Misused(f"no job id begins with {word!r}", hint=hint)
