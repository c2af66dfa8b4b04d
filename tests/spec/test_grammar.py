"""The text grammars that job fields and FFmpeg options share."""

import pytest

from ffremote.spec.grammar import MapParts, read_bytes, read_clock, read_fps, read_stream_map


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0", MapParts(False, 0, None, None, None, None, False)),
        ("-0:s", MapParts(True, 0, "s", None, None, None, False)),
        ("0:a:1?", MapParts(False, 0, "a", 1, None, None, True)),
        ("12:a:0", MapParts(False, 12, "a", 0, None, None, False)),
        ("-1:v", MapParts(True, 1, "v", None, None, None, False)),
        ("0:12", MapParts(False, 0, None, 12, None, None, False)),
        ("0:m:title", MapParts(False, 0, None, None, "title", None, False)),
        ("0:V:m:language:eng?", MapParts(False, 0, "V", None, "language", "eng", True)),
    ],
)
def test_a_stream_map_is_split_into_its_parts(text: str, parts: MapParts) -> None:
    assert read_stream_map(text) == parts


@pytest.mark.parametrize("text", ["", "16:v", "0:v:", "0:x", "0:v:1:2", "0:m:comment:x", "0:v\n"])
def test_other_text_is_no_stream_map(text: str) -> None:
    assert read_stream_map(text) is None


def test_a_clock_sums_to_seconds() -> None:
    clock = read_clock("01:02:03.5")

    assert clock is not None
    assert clock.total_seconds == 3723.5


@pytest.mark.parametrize(("text", "fps"), [("25", 25), ("30000/1000", 30), ("25/0", None)])
def test_a_frame_rate_is_a_number_or_a_fraction(text: str, fps: float | None) -> None:
    assert read_fps(text) == fps


@pytest.mark.parametrize(
    ("text", "size"),
    [("8000000", 8_000_000), ("8M", 8_000_000), ("1.5k", 1500), ("1Ki", 1024), ("1MB", 8_000_000)],
)
def test_bytes_are_read_with_the_units_of_ffmpeg(text: str, size: int) -> None:
    assert read_bytes(text) == size


@pytest.mark.parametrize("text", ["", "-1", "8 M", "8Mb", "8T", "0x10", "１M", "8M\n"])
def test_other_text_is_no_size(text: str) -> None:
    assert read_bytes(text) is None
