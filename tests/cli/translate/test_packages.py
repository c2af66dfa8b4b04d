"""Command lines with outputs of many files: numbered pictures and segments."""

import shlex
from typing import Any

import pytest

from ffremote_cli.translate import CannotTranslate, Translation, parse, translate


def translated(line: str) -> Translation:
    found = translate(parse(shlex.split(line)))
    assert isinstance(found, Translation)
    return found


@pytest.mark.parametrize(
    ("line", "package"),
    [
        ("-i in.mp4 img%04d.jpg", {"type": "pictures", "format": "jpg"}),
        ("-i in.mp4 -vf fps=1 out%d.png", {"type": "pictures", "format": "png"}),
        (
            "-i in.mp4 -f image2 -vframes 25 -start_number 7 a%02d.jpeg",
            {"type": "pictures", "format": "jpg", "count": 25, "start_number": 7},
        ),
        (
            "-i in.mp4 -c copy -f segment -segment_time 00:00:02 -reset_timestamps 1 o%03d.mp4",
            {
                "type": "segments",
                "seconds": 2.0,
                "container": "mp4",
                "list": "none",
                "reset_timestamps": True,
            },
        ),
        (
            "-i in.mp3 -c copy -f segment -segment_times 1,2,3 -segment_list l.csv o%02d.mp3",
            {
                "type": "segments",
                "times": [1.0, 2.0, 3.0],
                "container": "mp3",
                "list": "csv",
                "reset_timestamps": False,
            },
        ),
    ],
)
def test_many_files_are_a_package(line: str, package: dict[str, Any]) -> None:
    assert translated(line).job["package"] == package


def test_each_file_gets_the_name_that_the_line_gives_it() -> None:
    pattern = translated("-i in.mp4 -f segment -segment_list d/l.m3u8 d/o%03d.ts").pattern

    assert pattern is not None
    assert pattern.target("segment-00012.ts") == "d/o012.ts"
    assert pattern.target("index.m3u8") == "d/l.m3u8"
    assert pattern.matches("o7.ts")
    assert not pattern.matches("o7.mp4")


def test_start_number_of_another_muxer_stays_an_option() -> None:
    job = translated("-i in.mp4 -start_number 3 out.mp4").job

    assert job["extra_args"] == ["-start_number", "3"]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("-i in.mp4 -c copy out%d.mp4", "numbered files are pictures"),
        ("-i in.mp4 out%d-%d.png", "their number once"),
        ("-i in.mp4 -f segment out.mp4", "their number once"),
        ("-i in.mp4 -f segment d%d/out.mp4", "their number once"),
        ("-i in.mp4 -f segment -segment_list l.ffconcat out%d.mp4", "m3u8 or csv"),
        ("-i in.mp4 -f segment -segment_list_size 3 out%d.mp4", "-segment_list_size"),
        ("-i in.mp4 a.mp4 b%d.png", "many files beside others"),
        ("-i in.mp4 -frames:v x b%d.png", "takes a number"),
    ],
)
def test_what_a_package_cannot_be_is_refused(line: str, words: str) -> None:
    with pytest.raises(CannotTranslate) as caught:
        translated(line)

    assert words in str(caught.value)
