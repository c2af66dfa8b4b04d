"""Read one token as FFmpeg's `av_get_token` does."""

_SPACE = frozenset(" \n\t")


def skip_space(text: str, at: int) -> int:
    """Return the position of the next character that is no space."""
    while at < len(text) and text[at] in _SPACE:
        at += 1
    return at


def read_token(text: str, at: int, ends: str) -> tuple[str, int]:
    """Read up to one of `ends`, removing one level of quotes and backslashes as FFmpeg does."""
    at = skip_space(text, at)
    out: list[str] = []
    quoted_end = 0
    while at < len(text) and text[at] not in ends:
        char = text[at]
        if char == "\\":
            if at + 1 >= len(text):
                raise ValueError("a backslash at the end escapes nothing")
            out.append(text[at + 1])
            at, quoted_end = at + 2, len(out)
        elif char == "'":
            end = text.find("'", at + 1)
            if end < 0:
                raise ValueError("a quote is not closed")
            out.extend(text[at + 1 : end])
            at, quoted_end = end + 1, len(out)
        else:
            out.append(char)
            at += 1
    while len(out) > quoted_end and out[-1] in _SPACE:
        out.pop()
    return "".join(out), at
