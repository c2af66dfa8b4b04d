"""Which job a person means: a whole id, the beginning of one, or `last`."""

from difflib import get_close_matches

from ..client.client import Client
from ..errors import Misused
from .history import History

WHOLE = 36
SHORTEST = 4
_SEEN = 500


def resolve_ids(client: Client, history: History, words: tuple[str, ...]) -> tuple[str, ...]:
    """The ids that the words stand for; raises Misused for a word that is none or several."""
    return tuple(_resolve(client, history, word) for word in words)


def _resolve(client: Client, history: History, word: str) -> str:
    if len(word) >= WHOLE:
        return word
    if word == "last":
        return _last(client, history)
    own = {entry.job_id for entry in history.newest(client.url)}
    found = {each for each in own if each.startswith(word)} if len(word) >= SHORTEST else set()
    if len(found) != 1 and len(word) >= SHORTEST:
        listed = {item.job_id for item in client.jobs(limit=_SEEN).items}
        found = {each for each in own | listed if each.startswith(word)}
        own |= listed
    if len(found) == 1:
        return found.pop()
    raise _unclear(word, found, own)


def _last(client: Client, history: History) -> str:
    entry = next(history.newest(client.url), None)
    if entry is None:
        raise Misused(
            f"no job was begun from here on {client.url}", hint="`ffremote list` shows all jobs"
        )
    return entry.job_id


def _unclear(word: str, found: set[str], known: set[str]) -> Misused:
    if len(found) > 1:
        return Misused(f"{word!r} begins {len(found)} ids: {', '.join(sorted(found)[:5])}")
    if len(word) < SHORTEST:
        return Misused(f"{word!r} is too short for an id; type {SHORTEST} letters at least")
    close = get_close_matches(word, [each[: len(word)] for each in known], n=1, cutoff=0.7)
    hint = f"did you mean {close[0]}?" if close else "`ffremote list` shows all jobs"
    return Misused(f"no job's id begins with {word!r}", hint=hint)
