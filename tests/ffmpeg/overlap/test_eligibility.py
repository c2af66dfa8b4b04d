"""Which jobs may begin while their input arrives."""

from typing import Any

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.spec import build_job, presets

PRESETS = presets.load(Settings())


def refusal(**job: Any) -> str | None:
    name = {} if "outputs" in job or "probe" in job else {"output_filename": "out.mkv"}
    return ffmpeg.overlap_refusal(build_job({**name, **job}, presets=PRESETS))


@pytest.mark.parametrize(
    "job",
    [
        {},
        {"video": {"codec": "copy"}, "audio": {"codec": "copy"}},
        {"video": {"filters": ["scale=320:-2"], "crf": 20}, "overlap": "auto"},
        {"input": {"offset": 1, "rotate": "keep"}},
        {"graph": "[0:v]hflip[v]", "streams": ["[v]"]},
        {"outputs": [{"output_filename": "a.mkv"}, {"output_filename": "b.mp3"}]},
        {"extra_args": ["-movflags", "+faststart"], "output_filename": "a.mp4"},
    ],
)
def test_a_job_that_reads_its_input_once_may_begin(job: dict[str, Any]) -> None:
    assert refusal(**job) is None


@pytest.mark.parametrize(
    "job",
    [
        {"overlap": "off"},
        {"probe": True},
        {"inputs": [{}, {}], "concat": "encode"},
        {"inputs": [], "graph": "testsrc2=d=1"},
        {"input": {"start": 1}},
        {"input": {"duration": 1}},
        {"input": {"end": 1}},
        {"input": {"end_offset": 1}},
        {"input": {"loop": 1}},
        {"input": {"format": "s16le"}},
        {"thumbnail": {"at": 1}, "output_filename": "a.jpg"},
        {"video": {"two_pass": True, "bitrate": "1M"}},
        {"audio": {"loudness": -16}},
        {"subtitles": {"mode": "burn"}},
        {"video": {"filters": ["reverse"]}},
        {"audio": {"filters": ["areverse"]}},
        {"graph": ["[0:v]reverse[v]"], "streams": ["[v]"]},
        {"extra_args": ["-t", "3"]},
        {"extra_args": ["-frames:v", "3"]},
        {"extra_args": ["-shortest"]},
        {
            "outputs": [
                {"output_filename": "a.mkv"},
                {"output_filename": "b.mp3", "audio": {"loudness": -16}},
            ]
        },
    ],
)
def test_a_job_that_needs_more_than_the_beginning_waits(job: dict[str, Any]) -> None:
    assert refusal(**job) is not None
