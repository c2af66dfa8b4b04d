"""The server's warnings in the words of ffmpeg: they name options of `ffremote run`."""

import re

_OPTION = re.compile(r"`(--[a-z\-]+)((?: [^`]*)?)`(?: \(`[a-z_.]+(?:: [^`]*)?`\))?")
_SPELLINGS = {
    "--map": "-map{}",
    "--audio-track": "-map 0:a:{value}",
    "--subtitle-track": "-map 0:s:{value}",
    "--subtitles copy": "-map 0:s -c:s copy",
    "--subtitles burn": "-vf subtitles=FILE",
    "--video-codec": "-c:v{}",
    "--audio-codec": "-c:a{}",
}
"""`{}` is the value with a space before it, `{value}` without."""


def as_ffmpeg(warning: str) -> str:
    """Return the warning with the options of `ffremote run` as those of ffmpeg.

    The key of the job JSON behind an option, in parentheses, is left out.
    """
    return _OPTION.sub(_spelling, warning)


def _spelling(match: re.Match[str]) -> str:
    name, value = match.groups()
    if name == "--extra-args":
        return f"`{value.strip().strip(chr(34))}`"
    whole = f"{name}{value}"
    if whole in _SPELLINGS:
        return f"`{_SPELLINGS[whole]}`"
    spelling = _SPELLINGS.get(name)
    return match[0] if spelling is None else f"`{spelling.format(value, value=value.strip())}`"
