"""What a media file holds, as text for a terminal of 80 columns."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..formatting import columns_of, human_bytes, human_seconds, in_columns, one_line

_WIDTH = 80
_TEXT_WIDTH = 60
_TECHNICAL = ("major_brand", "minor_version", "compatible_brands")
_MARKS = ("default", "forced", "attached_pic", "hearing_impaired", "visual_impaired", "comment")


def media_table(facts: Mapping[str, Any]) -> str:
    """Return a line about the file, then a row per stream, then tags and chapters."""
    rows = [("#", "KIND", "CODEC", "DETAILS", "RATE", "LANG"), *map(_row, facts["streams"])]
    parts = [_title(facts), _fitted(in_columns(_narrowed(rows)))]
    texts = [*_tags(facts), *_chapters(facts)]
    if texts:
        parts.append("\n".join(texts))
    if facts.get("truncated"):
        parts.append("(further tags or chapters are left out: they are too long or too many)")
    return "\n".join(parts)


def _title(facts: Mapping[str, Any]) -> str:
    length = facts.get("duration")
    words = [
        str(facts.get("format_name") or facts["format"]),
        human_seconds(length) if length else "",
        human_bytes(facts.get("bytes")),
        _rate(facts),
    ]
    said = ", ".join(word for word in words if word)
    return f"{one_line(str(facts['path']))}\n{one_line(said)}"


def _row(stream: Mapping[str, Any]) -> tuple[str, ...]:
    profile = stream.get("profile")
    codec = stream["codec"] + (f" ({profile})" if profile else "")
    return (
        str(stream["index"]),
        str(stream["kind"]),
        codec,
        ", ".join(details_of(stream)),
        _rate(stream),
        str(stream.get("language") or ""),
    )


def details_of(stream: Mapping[str, Any]) -> Iterator[str]:
    """Yield what matters about a stream besides its codec, such as its size in pixels."""
    if stream.get("width"):
        yield f"{stream['width']}x{stream['height']}"
    if stream.get("fps") and not stream.get("is_picture"):
        yield f"{stream['fps']:g} fps"
    if stream.get("sample_rate"):
        yield f"{stream['sample_rate']} Hz"
    if stream.get("channels"):
        yield str(stream.get("channel_layout") or _channels(stream["channels"]))
    for key in ("pix_fmt", "color_transfer"):
        if stream.get(key):
            yield str(stream[key])
    if stream.get("rotation"):
        yield f"rotated by {stream['rotation']}"
    yield from (name for name in _MARKS if name in stream.get("dispositions", ()))


def _channels(count: int) -> str:
    return {1: "mono", 2: "stereo"}.get(count, f"{count} channels")


def _rate(facts: Mapping[str, Any]) -> str:
    rate = facts.get("bit_rate")
    if not rate:
        return ""
    return f"{rate / 1e6:.3g} Mb/s" if rate >= 999_500 else f"{rate / 1e3:.3g} kb/s"


def _narrowed(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Return the rows with details that leave room for the other columns, at least 12 columns."""
    others = sum(max(columns_of(row[n]) for row in rows) + 2 for n in range(6) if n != 3)
    room = max(12, _WIDTH - others)
    return [(*row[:3], _cut(row[3], room), *row[4:]) for row in rows]


def _fitted(text: str) -> str:
    return "\n".join(_cut(line, _WIDTH) for line in text.split("\n"))


def _tags(facts: Mapping[str, Any]) -> Iterator[str]:
    for name, text in facts.get("tags", {}).items():
        if name not in _TECHNICAL:
            yield f"{_cut(one_line(name), 24)}: {_cut(one_line(text), _WIDTH - 26)}"


def _chapters(facts: Mapping[str, Any]) -> Iterator[str]:
    for each in facts.get("chapter_list", ()):
        title = _cut(one_line(each.get("title", "")), _TEXT_WIDTH - 10)
        begin, end = each.get("start", 0.0), each.get("end", 0.0)
        yield f"chapter {human_seconds(begin)} - {human_seconds(end)} {title}".rstrip()


def _cut(text: str, width: int) -> str:
    """Return the text in at most `width` columns."""
    if columns_of(text) <= width:
        return text
    while text and columns_of(text) > width - 1:
        text = text[:-1]
    return f"{text}…"
