"""The result has the colours that its job names, with every FFmpeg."""

from pathlib import Path

import pytest

from ffremote.ffmpeg.formats.hdr import colour_filters
from ffremote.ffmpeg.policy.options import read_options
from ffremote.ffmpeg.policy.tables import table
from tests.support.conversion import Converter, convert


@pytest.mark.parametrize(
    ("words", "transfer", "primaries"),
    [
        ("-color_primaries bt709 -color_trc bt709", "bt709", "bt709"),
        ("-color_trc:v smpte2084 -color_primaries:v:0 bt2020", "smpte2084", "bt2020"),
        ("-color_trc gamma28", "bt470bg", None),
        ("-color_primaries 9", None, "bt2020"),
    ],
)
def test_the_result_has_the_colours_that_the_job_names(
    converter: Converter, clip: Path, words: str, transfer: str | None, primaries: str | None
) -> None:
    video = {"codec": "libx264", "preset": "ultrafast"}

    made = convert(converter, clip, "out.mkv", video=video, audio=False, extra_args=words.split())

    assert (made.video.color_transfer, made.video.color_primaries) == (transfer, primaries)


def test_the_colours_hold_after_the_filters_of_the_job(converter: Converter, clip: Path) -> None:
    video = {"codec": "libx264", "preset": "ultrafast", "scale": "160:-2", "filters": ["hflip"]}

    made = convert(
        converter,
        clip,
        "out.mp4",
        video=video,
        audio=False,
        extra_args=["-color_trc", "arib-std-b67", "-color_primaries", "bt2020"],
    )

    assert (made.video.color_transfer, made.video.color_primaries) == ("arib-std-b67", "bt2020")
    assert made.video.width == 160


def test_a_copied_video_keeps_its_colours(converter: Converter, clip: Path) -> None:
    made = convert(
        converter,
        clip,
        "out.mkv",
        video={"codec": "copy"},
        audio=False,
        extra_args=["-color_trc", "bt709"],
    )

    assert "setparams" not in made.plan.command


@pytest.mark.parametrize("option", ["color_primaries", "color_trc"])
def test_every_name_that_the_option_accepts_is_one_that_the_filter_accepts(option: str) -> None:
    _, names, _ = table("options")[option]["rule"]

    for name in names[1:]:
        assert colour_filters(read_options([f"-{option}", name])), name


@pytest.mark.parametrize(
    "words", [["-color_trc", "4000"], ["-color_trc:v:1", "bt709"], ["-colorspace", "bt709"]]
)
def test_values_that_the_filter_lacks_are_left_to_the_option(words: list[str]) -> None:
    assert colour_filters(read_options(words)) == []
