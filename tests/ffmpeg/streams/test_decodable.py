"""A track that can be decoded is preferred to one that cannot."""

from dataclasses import replace
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.ffmpeg import Limits, MediaInfo, Stream, TranscodeError
from tools.reference_arguments import EVERYTHING

ABLE = replace(EVERYTHING, decoders={"h264": ("h264",), "aac": ("aac",), "vp9": ("vp9",)})
INPUT = MediaInfo(
    "matroska,webm",
    10.0,
    (
        Stream(0, "video", "unknown", 1920, 1080, 25.0, is_default=True),
        Stream(1, "video", "h264", 640, 360, 25.0, "yuv420p"),
        Stream(2, "audio", "ac4", sample_rate=48000, channels=6, is_default=True),
        Stream(3, "audio", "aac", sample_rate=48000, channels=2),
    ),
)


def plan(**job: Any) -> ffmpeg.Plan:
    asked = spec.build_job({"output_filename": "o.mp4", **job})
    return ffmpeg.plan(asked, [INPUT], ABLE, Limits(), attempt="try1")


def maps(planned: ffmpeg.Plan) -> list[str]:
    argv = planned.passes[-1].argv
    return [argv[place + 1] for place, word in enumerate(argv) if word == "-map"]


def test_the_best_decodable_track_is_chosen_with_a_warning() -> None:
    planned = plan()

    assert maps(planned) == ["0:1", "0:3"]
    assert (
        "Audio stream 2 (ac4) cannot be decoded here or copied; stream 3 (aac) is used."
        in planned.warnings
    )


def test_a_copied_track_need_not_be_decodable() -> None:
    planned = plan(output_filename="o.mkv", audio={"codec": "copy"})

    assert maps(planned) == ["0:1", "0:2"]


def test_a_group_of_tracks_leaves_out_the_undecodable_ones() -> None:
    planned = plan(output_filename="o.mkv", streams=["0:V:1", "0:a"], audio={"codec": "aac"})

    assert maps(planned) == ["0:1", "0:3"]


@pytest.mark.parametrize("job", [{"audio": {"track": 0}}, {"streams": ["0:1", "0:2"]}])
def test_an_undecodable_track_selected_by_number_is_refused(job: dict[str, Any]) -> None:
    with pytest.raises(TranscodeError) as caught:
        plan(**job)

    assert "The audio codec ac4 cannot be decoded here." in caught.value.failure.message


def test_an_input_without_decodable_tracks_is_refused_with_the_codec() -> None:
    alone = replace(INPUT, streams=INPUT.streams[2:3])
    asked = spec.build_job({"output_filename": "o.mp3"})

    with pytest.raises(TranscodeError) as caught:
        ffmpeg.plan(asked, [alone], ABLE, Limits(), attempt="try1")

    assert "ac4" in caught.value.failure.message
