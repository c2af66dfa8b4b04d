"""Replaces keys of the job JSON in error messages by the options of the command line."""

import re
from collections.abc import Callable, Iterable

from ..errors import JobFailed, Refused
from .job_options import option_of

_DOTTED = re.compile(
    r"(?<![\w./-])(?:video|audio|subtitles|input|thumbnail|package)\.[a-z_]+(?![\w/-]|\.\w)"
)
_OF_INPUT = re.compile(r"\binputs\[\d+\]\.([a-z_]+)(?!\.\w)")
_OF_FILE = re.compile(r"\b(overlays|audio\.mix|attachments)\[(\d+)\](?:\.([a-z]+))?")
_QUOTED = re.compile(r"`([a-z_.]+)`")


OptionOf = Callable[[str], str | None]
"""Maps a key such as `video.crf` to its option, or to None."""


def name_options(results: Iterable[object], option_of: OptionOf = option_of) -> None:
    """Replace keys by options in the server's errors among the results.

    Do not use it for a job from a file, where the user wrote the keys.
    """
    for error in results:
        if isinstance(error, Refused | JobFailed):
            field = re.sub(r"\[\d+\]", "", str(error.details.get("field") or ""))
            error.in_options = in_options(error.in_options or error.message, field, option_of)
            if error.hint is not None:
                error.hint = in_options(error.hint, field, option_of)


def in_options(text: str, field: str = "", option_of: OptionOf = option_of) -> str:
    """Return the text with `--crf` for `video.crf`; `field` is the key that the error is about."""
    if field and (option := option_of(field)) is not None:
        # Only at the beginning, because "preset" is also an English word.
        text = re.sub(rf"^{re.escape(field)}(?:\[\d+\])?(?![\w.-])", option, text)
    text = _OF_FILE.sub(lambda found: _of_file(found, option_of), text)
    text = _OF_INPUT.sub(lambda found: option_of(f"input.{found[1]}") or found[0], text)
    text = _DOTTED.sub(lambda found: option_of(found[0]) or found[0], text)
    return _QUOTED.sub(lambda found: f"`{option_of(found[1]) or found[1]}`", text)


def _of_file(found: re.Match[str], option_of: OptionOf) -> str:
    """Return `size of --overlay 1` for `overlays[0].size`."""
    option = option_of(found[1])
    if option is None:
        return found[0]
    named = f"{option} {int(found[2]) + 1}"
    return f"{found[3]} of {named}" if found[3] else named
