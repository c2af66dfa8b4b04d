"""Ordinary ffmpeg command lines, and what tests ask of each."""

import json
import re
import shlex
from itertools import pairwise
from typing import Any

import pytest

from ffremote import ffmpeg, spec
from ffremote.ffmpeg.model.media_info import MediaInfo, Stream
from ffremote.ffmpeg.policy.filtergraph import read_graph
from ffremote_cli.translate import (
    CannotTranslate,
    FirstPass,
    Translation,
    parse,
    translate,
)

Row = tuple[str, dict[str, Any]]
"""A command line, and the job that it means; without `output_filename` where that is the output."""

FILM = MediaInfo(
    format="matroska,webm",
    duration=600.0,
    streams=(
        Stream(0, "video", "h264", 1920, 1080, 25.0, "yuv420p", is_default=True),
        Stream(1, "audio", "aac", sample_rate=48000, channels=2, tags={"language": "eng"}),
        Stream(2, "audio", "aac", sample_rate=48000, channels=2, tags={"title": "Song"}),
        Stream(3, "subtitle", "subrip", tags={"language": "ger"}),
        Stream(4, "subtitle", "subrip"),
    ),
)
SAME = {
    "-vcodec": "-c:v",
    "-acodec": "-c:a",
    "-ab": "-b:a",
    "-b": "-b:v",
    "-level": "-level:v",
    "-vf": "-filter:v",
    "-af": "-filter:a",
    "-vframes": "-frames:v",
}
ELSEWHERE = {"-i", "-ss", "-t", "-to", "-map", "-s", "-f", "-loglevel", "-filter_complex", "-lavfi"}
ELSEWHERE |= {"-vsync", "-pass", "-c", "-codec", "-c:s", "-b:v 0", "-b:v 1M", "-update", "-vol"}
ELSEWHERE |= {"-threads", "-hwaccel", "-r ntsc"}
"""Said in other words by the server's own rules, or ignored; other tests hold their jobs."""
GUARD = re.compile(r"crop='w=if\(lt\(min\(iw,ih\),\d+\),-1,iw\):h=ih:exact=1',")
SWITCHES = {"-y", "-an", "-vn", "-sn", "-dn", "-hide_banner", "-stats", "-shortest"}


def translated(line: str) -> Translation | FirstPass:
    return translate(parse(shlex.split(line)))


def job_of(line: str) -> dict[str, Any]:
    result = translated(line)
    assert isinstance(result, Translation)
    return dict(result.job)


def remarks_on(line: str) -> tuple[str, ...]:
    result = translated(line)
    assert isinstance(result, Translation)
    return result.remarks


def check_job(line: str, job: dict[str, Any]) -> None:
    """The line means this job and no other."""
    output = shlex.split(line)[-1]
    name = f"result.{job.get('container')}" if output == "-" else output
    assert job_of(line) == {"output_filename": name, **job}


def check_refusal(line: str, said: str) -> None:
    """The line is refused with these words, which name the option or the file."""
    with pytest.raises(CannotTranslate) as caught:
        translated(line)
    assert caught.value.message == said
    assert caught.value.text.split()[0] in said


def check_command(line: str, capabilities: ffmpeg.Capabilities) -> None:
    """The server takes the job and runs what was typed."""
    job = spec.parse_job(json.dumps(job_of(line)).encode())
    plan = ffmpeg.plan(job, FILM, capabilities, ffmpeg.Limits(), attempt="a")
    planned = list(pairwise(plan.passes[-1].argv))
    assert [pair for pair in _typed(line) if not _is_in(planned, *pair)] == []


def _typed(line: str) -> list[tuple[str, str]]:
    """The options of the line with their values, as the server would write them."""
    words, pairs = shlex.split(line)[:-1], []
    while words:
        name = words.pop(0)
        if name in SWITCHES:
            continue
        value = words.pop(0)
        name = SAME.get(name, name)
        if name in ELSEWHERE or f"{name} {value}" in ELSEWHERE or "subtitles=" in value:
            continue
        pairs.append((name, _canonical(name, value)))
    return pairs


def _is_in(planned: list[tuple[str, str]], name: str, value: str) -> bool:
    """The server may go on after a filter chain or a list of parameters, never before.

    It may also put a guard before a filter, which ends the job where pictures are too small.
    """
    goes_on = name.startswith("-filter") or name.endswith("-params")
    texts = [GUARD.sub("", text) for word, text in planned if word == name]
    return any(text == value or (goes_on and text.startswith(value)) for text in texts)


def _canonical(name: str, value: str) -> str:
    if name.startswith("-filter"):
        return str(read_graph(value, name[-1]))
    return {"48k": "48000", "16:9": "16/9"}.get(value, value)
