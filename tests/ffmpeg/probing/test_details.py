"""The facts of an input for people, from what ffprobe prints about it."""

from typing import Any

from ffremote.ffmpeg.probing.details import MAX_CHAPTERS, MAX_TAGS, MAX_TEXT, MAX_TEXTS, add_details

FACTS: dict[str, Any] = {
    "format": "matroska,webm",
    "streams": [{"index": 0, "kind": "video", "codec": "h264"}],
}


def test_details_are_added_to_the_facts_of_the_stream_with_their_index() -> None:
    found = add_details(
        FACTS,
        {
            "format": {"bit_rate": "1000", "tags": {"TITLE": "Alps"}},
            "streams": [
                {"index": 1, "bit_rate": "5"},
                {
                    "index": 0,
                    "bit_rate": "N/A",
                    "nb_frames": "25",
                    "disposition": {"default": 1, "forced": 0},
                    "tags": {"language": "und"},
                },
            ],
        },
    )

    assert (found["bit_rate"], found["tags"], "truncated" in found) == (
        1000,
        {"title": "Alps"},
        False,
    )
    [stream] = found["streams"]
    assert (stream["codec"], stream["frames"], stream["dispositions"]) == ("h264", 25, ["default"])
    assert "language" not in stream and "bit_rate" not in stream


def test_tags_and_chapters_of_a_hostile_file_are_bounded() -> None:
    many = {f"k{number}": "x" * 5000 for number in range(500)}
    rows = [{"index": number, "tags": many} for number in range(100)]
    chapters = [{"start_time": "0", "end_time": "1", "tags": {"title": "t"}}] * 5000
    facts = {**FACTS, "streams": [{"index": number} for number in range(100)]}

    found = add_details(facts, {"format": {}, "streams": rows, "chapters": chapters})

    assert found["truncated"] is True
    assert len(found["chapter_list"]) == MAX_CHAPTERS
    tags = [each.get("tags", {}) for each in found["streams"]]
    assert max(map(len, tags)) <= MAX_TAGS
    assert sum(len(key) + len(text) for each in tags for key, text in each.items()) <= MAX_TEXTS
    assert max(len(text) for each in tags for text in each.values()) == MAX_TEXT
