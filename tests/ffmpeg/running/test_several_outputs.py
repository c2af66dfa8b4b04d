"""Jobs with several outputs, run by a real FFmpeg."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.job_directory import JobDirectory


@pytest.mark.slow
def test_each_output_is_written_and_verified_by_itself(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)

    directory.run(
        outputs=[
            {
                "output_filename": "small.mp4",
                "video": {"codec": "libx264", "preset": "ultrafast", "scale": "64:36"},
                "audio": {"loudness": -16},
            },
            {"output_filename": "copy.mkv", "video": {"codec": "copy"}, "audio": False},
            {"output_filename": "loud.flac", "audio": {"loudness": -10}},
            {"output_filename": "poster.jpg", "thumbnail": {"at": 0.2}},
        ],
    )

    kinds = [[stream.codec for stream in made.streams] for made in directory.made]
    assert kinds == [["h264", "aac"], ["h264"], ["flac"], ["mjpeg"]]
    assert directory.made[0].streams[0].width == 64
    assert [evidence.written[0].packets for evidence in directory.outcome.evidence][1:] == [
        directory.outcome.evidence[0].written[0].packets,
        directory.outcome.evidence[2].written[0].packets,
        1,
    ]
    assert directory.doubts == ()


@pytest.mark.slow
def test_an_output_that_stays_empty_fails_the_job(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)

    with pytest.raises(Exception, match="empty") as caught:
        directory.run(
            outputs=[
                {"output_filename": "a.mkv", "video": {"codec": "copy"}},
                {
                    "output_filename": "b.mkv",
                    "video": {"codec": "copy"},
                    "extra_args": ["-ss", "500"],
                },
            ],
        )

    assert "outputs[1]" in str(caught.value)
