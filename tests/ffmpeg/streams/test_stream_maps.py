"""Maps that name streams by their language or title, as FFmpeg's `0:a:m:language:eng`."""

from collections.abc import Sequence

import pytest

from ffremote import ffmpeg, spec
from ffremote.errors import InvalidArgument
from ffremote.ffmpeg import TranscodeError
from ffremote.ffmpeg.model.media_info import MediaInfo, Stream

INPUT = MediaInfo(
    "matroska,webm",
    10.0,
    (
        Stream(0, "video", "h264", 160, 120, 25.0, "yuv420p"),
        Stream(1, "audio", "aac", tags={"language": "ger"}),
        Stream(2, "audio", "aac", tags={"language": "eng", "title": "Director"}),
        Stream(3, "subtitle", "subrip", tags={"language": "ger"}),
        Stream(4, "subtitle", "subrip", tags={"language": "eng"}),
    ),
)

MAPS = [
    (["0:a:m:language:eng"], ["0:2"]),
    (["0:m:language:ger"], ["0:1", "0:3"]),
    (["0:v", "0:a:m:title"], ["0:0", "0:2"]),
    (["0", "-0:s:m:language:ger"], ["0:0", "0:1", "0:2", "0:4"]),
    (["0:v", "0:a:m:language:fre?"], ["0:0"]),
    (["0:v", "0:a:m:title:Director"], ["0:0", "0:2"]),
]


@pytest.fixture(scope="module")
def capabilities(binaries: ffmpeg.Binaries) -> ffmpeg.Capabilities:
    return ffmpeg.read_capabilities(binaries)


def job(maps: Sequence[str]) -> spec.JobSpec:
    copied = {"codec": "copy"}
    return spec.build_job(
        {
            "output_filename": "out.mkv",
            "streams": list(maps),
            "video": copied,
            "audio": copied,
            "subtitles": {"mode": "copy"},
        }
    )


@pytest.mark.parametrize(("maps", "taken"), MAPS)
def test_the_streams_with_the_tag_are_selected(
    maps: list[str], taken: list[str], capabilities: ffmpeg.Capabilities
) -> None:
    plan = ffmpeg.plan(job(maps), [INPUT], capabilities, ffmpeg.Limits(), attempt="a")

    argv = plan.passes[-1].argv
    assert [argv[at + 1] for at, word in enumerate(argv) if word == "-map"] == taken


def test_a_tag_of_no_stream_is_a_missing_stream(
    capabilities: ffmpeg.Capabilities,
) -> None:
    with pytest.raises(TranscodeError, match="0:a:m:language:fre"):
        ffmpeg.plan(
            job(["0:a:m:language:fre"]), [INPUT], capabilities, ffmpeg.Limits(), attempt="a"
        )


@pytest.mark.parametrize("maps", [maps for maps, _ in MAPS])
def test_before_the_upload_every_tag_is_accepted(
    maps: list[str], capabilities: ffmpeg.Capabilities
) -> None:
    assert ffmpeg.dry_run(job(maps), capabilities, ffmpeg.Limits()).command.startswith("ffmpeg ")


@pytest.mark.parametrize(
    "text", ["0:m:encoder:x", "0:a:m:", "0:a:m:language:e\nng", "0:a:m:language:eng:1", "1:m:title"]
)
def test_other_tags_and_forms_are_refused(text: str) -> None:
    with pytest.raises(InvalidArgument, match="streams"):
        job([text])
