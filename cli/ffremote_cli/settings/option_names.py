"""The server's words about a job's keys, said with the options that were typed."""

import re
from collections.abc import Callable, Iterable

from ..errors import JobFailed, Refused
from .job_options import option_of

_DOTTED = re.compile(
    r"(?<![\w./-])(?:video|audio|subtitles|input|thumbnail)\.[a-z_]+(?![\w/-]|\.\w)"
)
_QUOTED = re.compile(r"`([a-z_.]+)`")


OptionOf = Callable[[str], str | None]
"""From a key such as `video.crf` to the option that means it."""


def name_options(answers: Iterable[object], option_of: OptionOf = option_of) -> None:
    """Let the errors among the answers name options where the server names keys of the JSON.

    Not for a job that came from a file: that has the keys.
    """
    for error in answers:
        if isinstance(error, Refused | JobFailed):
            field = re.sub(r"\[\d+\]", "", str(error.details.get("field") or ""))
            error.in_options = in_options(error.message, field, option_of)
            if error.hint is not None:
                error.hint = in_options(error.hint, field, option_of)


def in_options(text: str, field: str = "", option_of: OptionOf = option_of) -> str:
    """The sentence with `--crf` for `video.crf`; `field` is the key that it is about."""
    if field and (option := option_of(field)) is not None:
        # Only where the sentence begins with it: "preset" is a word of English, too.
        text = re.sub(rf"^{re.escape(field)}(?:\[\d+\])?(?![\w.-])", option, text)
    text = _DOTTED.sub(lambda found: option_of(found[0]) or found[0], text)
    return _QUOTED.sub(lambda found: f"`{option_of(found[1]) or found[1]}`", text)
