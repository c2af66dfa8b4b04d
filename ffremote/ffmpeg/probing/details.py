"""Adds to the facts of an input what people want to know beside them, bounded."""

from collections.abc import Mapping
from typing import Any

MAX_NAME, MAX_TEXT, MAX_TAGS, MAX_CHAPTERS = 64, 1024, 64, 1000
MAX_TEXTS = 256 << 10
"""Characters of all tags and titles together; what follows is left out."""


def add_details(facts: dict[str, Any], found: Mapping[str, Any]) -> dict[str, Any]:
    """Return `facts`, those of `MediaInfo.to_json`, with the details in ffprobe's JSON.

    `truncated` is true if tags or chapters were too many or too long to keep all.
    """
    texts = _Texts()
    container, chapters = found.get("format", {}), found.get("chapters", ())
    rows = {int(row["index"]): row for row in found.get("streams", ())}
    added = {
        "format_name": container.get("format_long_name"),
        "bit_rate": _whole(container.get("bit_rate")),
        "tags": texts.tags(container),
        "chapter_list": [_chapter(row, texts) for row in chapters[:MAX_CHAPTERS]],
        "streams": [_stream(each, rows.get(each["index"], {}), texts) for each in facts["streams"]],
    }
    if texts.is_cut or len(chapters) > MAX_CHAPTERS:
        added["truncated"] = True
    return {**facts, **_known(added)}


def _stream(facts: Mapping[str, Any], row: Mapping[str, Any], texts: "_Texts") -> dict[str, Any]:
    marks = [str(name) for name, is_set in row.get("disposition", {}).items() if is_set]
    tags = texts.tags(row)
    added = {
        "codec_name": row.get("codec_long_name"),
        "bit_rate": _whole(row.get("bit_rate")),
        "frames": _whole(row.get("nb_frames")),
        "display_aspect_ratio": row.get("display_aspect_ratio"),
        "bits": _whole(row.get("bits_per_raw_sample")),
        "dispositions": marks,
        "language": None if tags.get("language") == "und" else tags.get("language"),
        "tags": tags,
    }
    return {**facts, **_known(added)}


def _chapter(row: Mapping[str, Any], texts: "_Texts") -> dict[str, Any]:
    title = texts.tags(row).get("title")
    start, end = _seconds(row.get("start_time")), _seconds(row.get("end_time"))
    return _known({"start": start, "end": end, "title": title})


class _Texts:
    """Reads tags until all of them together are too long."""

    def __init__(self) -> None:
        self._left = MAX_TEXTS
        self.is_cut = False

    def tags(self, row: Mapping[str, Any]) -> dict[str, str]:
        """Return the tags of a row with keys in lower case, bounded."""
        tags: dict[str, str] = {}
        for name, value in row.get("tags", {}).items():
            text = str(value)
            self.is_cut |= len(text) > MAX_TEXT or len(name) > MAX_NAME
            self._left -= len(name) + len(text[:MAX_TEXT])
            if self._left < 0 or len(tags) == MAX_TAGS:
                self.is_cut = True
                break
            tags[str(name)[:MAX_NAME].lower()] = text[:MAX_TEXT]
        return tags


def _known(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: each for key, each in values.items() if each not in (None, "", "unknown", {}, [])}


def _whole(text: Any) -> int | None:
    return int(text) if str(text).isascii() and str(text).isdecimal() else None


def _seconds(text: Any) -> float | None:
    return None if text is None else round(float(text), 6)
