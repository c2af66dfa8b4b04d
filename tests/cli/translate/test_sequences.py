"""Sequences of pictures on the ffmpeg command line: the job, and the files that are uploaded."""

import json
import shlex
from typing import Any

import pytest

from ffremote import spec
from ffremote_cli.ffmpeg_cli.files import sources_of
from ffremote_cli.translate import Translation, parse, translate
from tests.support.ffmpeg_lines import check_job, check_refusal

SEQUENCE = {"role": "sequence"}
AUTO = {"video": {"pix_fmt": "auto"}}
"""What pictures with full colours become in H.264, as in FFmpeg."""
LINES: list[tuple[str, dict[str, Any]]] = [
    ("-i img%03d.png out.mp4", {**AUTO, "input": SEQUENCE}),
    ("-framerate 30 -i img%03d.png out.mp4", {**AUTO, "input": {**SEQUENCE, "fps": "30"}}),
    ("-r 24000/1001 -i img%d.jpg out.mp4", {"input": {**SEQUENCE, "fps": "24000/1001"}}),
    ("-start_number 7 -i img%03d.png out.mp4", {**AUTO, "input": SEQUENCE}),
    ("-pattern_type glob -i *.jpg out.mp4", {"input": SEQUENCE}),
    ("-pattern_type sequence -i p/%04d.tiff out.mp4", {**AUTO, "input": SEQUENCE}),
    ("-f image2 -i img%03d out.mp4", {"input": SEQUENCE}),
    ("-f image2 -pattern_type none -i img.png out.mp4", AUTO),
    ("-i film%03d.mp4 out.mkv", {}),
    ("-i 100%%03d.png out.mp4", AUTO),
    (
        "-ss 1 -t 2 -i img%03d.png out.mp4",
        {**AUTO, "input": {**SEQUENCE, "start": 1, "duration": 2}},
    ),
    (
        "-loop 1 -i img%03d.png -t 9 out.mp4",
        {**AUTO, "input": {**SEQUENCE, "loop": -1}, "extra_args": ["-t", "9"]},
    ),
    (
        "-framerate 5 -i img%03d.png -i song.mp3 -shortest out.mp4",
        {**AUTO, "inputs": [{**SEQUENCE, "fps": "5"}, {}], "extra_args": ["-shortest"]},
    ),
]
REFUSED = [
    ("-start_number 1 -i in.mp4 out.mkv", "before -i it is for a sequence of pictures"),
    ("-pattern_type glob_sequence -i %*.png out.mp4", "it is sequence, glob or none"),
    ("-start_number -1 -i img%03d.png out.mp4", "this option takes a number of a picture"),
    ("-loop 1 -i img%03d.png out.mp4", "it repeats without end"),
]


@pytest.mark.parametrize(("line", "job"), LINES)
def test_a_pattern_of_pictures_becomes_this_job(line: str, job: dict[str, Any]) -> None:
    check_job(line, job)


@pytest.mark.parametrize(("line", "job"), LINES)
def test_the_server_accepts_the_job_of_a_pattern(line: str, job: dict[str, Any]) -> None:
    translation = translate(parse(shlex.split(line)))

    assert isinstance(translation, Translation)
    sources = spec.parse_job(json.dumps(translation.job).encode()).sources
    assert [each.is_sequence for each in sources] == [it.is_sequence for it in translation.inputs]


@pytest.mark.parametrize(("line", "reason"), REFUSED)
def test_what_is_no_option_of_a_sequence_is_refused(line: str, reason: str) -> None:
    words = shlex.split(line)
    shown = words[0] if "start_number 1" in line else " ".join(words[:2])
    check_refusal(
        line, f"{shown}: {reason}" + (", such as img%03d.png" if shown == words[0] else "")
    )


def test_every_picture_of_a_line_is_a_source(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("img1.png", "img2.png", "img9.png", "a.jpg"):
        (tmp_path / name).write_bytes(b"x")
    line = "-start_number 2 -i img%d.png -pattern_type glob -i *.jpg out.mp4"

    translation = translate(parse(shlex.split(line)))

    assert isinstance(translation, Translation)
    names = {each.name for each in sources_of(translation).paths.values()}
    assert names == {"img1.png", "img2.png", "img9.png", "a.jpg"}
