"""Bitstream filters with parameters."""

import pytest

from ffremote.ffmpeg.policy.bitstream import read_bitstream_filters


@pytest.mark.parametrize(
    "text",
    [
        "h264_mp4toannexb",
        "h264_metadata=level=4.1",
        "h264_metadata=video_full_range_flag=0:colour_primaries=1:sample_aspect_ratio=4/3",
        "hevc_metadata=level=5.1,dump_extra=freq=keyframe",
        "filter_units=remove_types=6|35-39",
        "av1_metadata=color_range=tv",
    ],
)
def test_the_parameters_of_the_table_are_taken(text: str) -> None:
    assert read_bitstream_filters(text) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("h264_metadata=sei_user_data=x", "'sei_user_data' is not allowed: those of h264_metadata"),
        ("h264_mp4toannexb=x=1", "h264_mp4toannexb has none here"),
        ("h264_metadata=level=x", "h264_metadata=level: expected the form"),
        ("h264_metadata=aud=pass:aud=insert", "is given twice"),
        ("trace_headers", "expected a list of aac_adtstoasc"),
    ],
)
def test_a_refusal_names_the_parameter(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_bitstream_filters(text)
