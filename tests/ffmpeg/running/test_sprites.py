"""Sheets of small pictures with their index, made and verified by a real FFmpeg."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ffremote.ffmpeg import TranscodeError
from tests.support.job_directory import JobDirectory


def cues(directory: JobDirectory, index: str = "index.vtt") -> list[tuple[str, str]]:
    """Return the time and the target of each cue of the index."""
    text = (directory.path / directory.plan.output / index).read_text("ascii")
    head, *blocks = text.rstrip("\n").split("\n\n")
    assert head == "WEBVTT"
    return [(block.split("\n")[0], block.split("\n")[1]) for block in blocks]


def test_sprites_have_an_index_with_the_time_of_each_picture(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)

    made = directory.run(
        output_filename="sprites.zip",
        package={"type": "sprites", "every": 0.4, "width": 64, "columns": 2, "rows": 2},
    )

    assert cues(directory) == [
        ("00:00:00.000 --> 00:00:00.400", "sheet-00001.jpg#xywh=0,0,64,36"),
        ("00:00:00.400 --> 00:00:00.800", "sheet-00001.jpg#xywh=64,0,64,36"),
        ("00:00:00.800 --> 00:00:01.200", "sheet-00001.jpg#xywh=0,36,64,36"),
        ("00:00:01.200 --> 00:00:01.600", "sheet-00001.jpg#xywh=64,36,64,36"),
        ("00:00:01.600 --> 00:00:02.000", "sheet-00002.jpg#xywh=0,0,64,36"),
    ]
    assert (made.streams[0].width, made.streams[0].height) == (128, 72)
    assert made.duration == pytest.approx(2, abs=0.01)
    assert directory.warnings == ()


def test_a_number_of_pictures_is_spread_over_the_video(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)

    directory.run(
        output_filename="sprites.zip",
        package={"type": "sprites", "count": 3, "height": 20, "rows": 1, "format": "png"},
    )

    assert cues(directory) == [
        ("00:00:00.000 --> 00:00:00.667", "sheet-00001.png#xywh=0,0,36,20"),
        ("00:00:00.667 --> 00:00:01.333", "sheet-00001.png#xywh=36,0,36,20"),
        ("00:00:01.333 --> 00:00:02.000", "sheet-00001.png#xywh=72,0,36,20"),
    ]


def test_two_sheets_of_one_job_have_names_and_counts_of_their_own(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)

    directory.run(
        outputs=[
            {"output_filename": "a.zip", "package": {"type": "sprites"}},
            {
                "output_filename": "b.zip",
                "package": {"type": "sprites", "every": 0.5, "columns": 2},
            },
        ]
    )

    folders = [directory.path / each.path for each in directory.plan.outputs]
    assert len(directory.plan.passes) == 1
    assert sorted(each.name for each in folders[0].iterdir()) == ["index.vtt", "sheet-00001.jpg"]
    assert (folders[0] / "index.vtt").read_text("ascii").count(" --> ") == 1
    assert sorted(each.name for each in folders[1].iterdir()) == [
        "1-index.vtt",
        "1-sheet-00001.jpg",
    ]
    assert (folders[1] / "1-index.vtt").read_text("ascii").count("\n1-sheet-00001.jpg#xywh=") == 4


@pytest.mark.wide
@pytest.mark.parametrize(
    "job",
    [
        {"package": {"type": "sprites", "format": "webp", "fps": 5, "quality": 60}},
        {"package": {"type": "sprites", "count": 40, "columns": 20, "rows": 20, "width": 16}},
        {"package": {"type": "sprites", "every": 0.25}, "video": {"filters": ["hflip", "fps=10"]}},
        {"package": {"type": "sprites", "every": 0.25}, "graph": "[0:v:0]scale=64:64[small]"},
        {"package": {"type": "sprites", "every": 0.25}, "input": {"start": 0.5, "duration": 1}},
        {"package": {"type": "sprites", "count": 4}, "video": {"filters": ["setpts=2*PTS"]}},
    ],
    ids=str,
)
def test_every_kind_of_sprites_is_made_and_verified(
    open_job: Callable[..., JobDirectory], clip: Path, job: dict[str, Any]
) -> None:
    directory = open_job(clip)

    directory.run(output_filename="a.zip", **job)

    assert cues(directory)
    assert directory.warnings == ()


def test_an_index_that_was_there_before_is_not_published(
    open_job: Callable[..., JobDirectory], clip: Path
) -> None:
    directory = open_job(clip)
    package = {"type": "sprites", "every": 1}
    directory.probe()
    plan = directory.plan_job(output_filename="a.zip", package=package)

    def crafted(_report: object) -> None:
        folder = directory.path / plan.output
        if folder.is_dir() and not (folder / "index.vtt").is_symlink():
            (folder / "index.vtt").symlink_to("/etc/passwd")

    with pytest.raises(TranscodeError, match=r"The job left 'index\.vtt'"):
        directory.run_plan(plan, on_progress=crafted, tick_seconds=0.01)
