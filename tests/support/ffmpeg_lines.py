"""Checks of ffmpeg command lines: the job, the error, or the server's command line for each."""

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
"""A command line and its job; without `output_filename` if that is the output."""

INPUT = MediaInfo(
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
REWRITTEN = {"-i", "-ss", "-t", "-to", "-map", "-s", "-f", "-loglevel", "-filter_complex", "-lavfi"}
REWRITTEN |= {"-vsync", "-pass", "-c", "-codec", "-c:s", "-b:v 0", "-b:v 1M", "-update", "-vol"}
REWRITTEN |= {"-threads", "-hwaccel", "-r ntsc"}
"""Options that the server writes in another form, or ignores; other tests check their jobs."""
GUARD = re.compile(r"crop='w=if\(lt\(min\(iw,ih\),\d+\),-1,iw\):h=ih:exact=1',")
ASS_OF_MKV = {"mode": "convert", "codec": "ass", "track": "default"}
"""What a line without maps and without -c:s means for mkv."""
SWITCHES = {
    "-nostdin",
    "-y",
    "-an",
    "-vn",
    "-sn",
    "-dn",
    "-hide_banner",
    "-stats",
    "-shortest",
    "-copyts",
    "-start_at_zero",
}


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
    """Check that the command line becomes exactly this job."""
    output = shlex.split(line)[-1]
    name = f"result.{job.get('container')}" if output == "-" else output
    gets_ass = output.endswith(".mkv") and "streams" not in job
    subtitles = {"subtitles": ASS_OF_MKV} if gets_ass else {}
    assert job_of(line) == {"output_filename": name, **subtitles, **job}


def check_refusal(line: str, said: str) -> None:
    """Check that the line is refused with this message, which names the option or the file."""
    with pytest.raises(CannotTranslate) as caught:
        translated(line)
    assert caught.value.message == said
    assert caught.value.text.split()[0] in said


def check_command(line: str, capabilities: ffmpeg.Capabilities) -> None:
    """Check that the server accepts the job and plans the typed options."""
    job = spec.parse_job(json.dumps(job_of(line)).encode())
    plan = ffmpeg.plan(job, [INPUT] * len(job.sources), capabilities, ffmpeg.Limits(), attempt="a")
    planned = list(pairwise(plan.passes[-1].argv))
    assert [pair for pair in _typed(line) if not _is_in(planned, *pair)] == []


def _typed(line: str) -> list[tuple[str, str]]:
    """Return the options of the line with their values, as the server writes them."""
    words, pairs = shlex.split(line)[:-1], []
    while words:
        name = words.pop(0)
        if name in SWITCHES:
            continue
        value = words.pop(0)
        name = SAME.get(name, name)
        if name in REWRITTEN or f"{name} {value}" in REWRITTEN or "subtitles=" in value:
            continue
        pairs.append((name, _canonical(name, value)))
    return pairs


def _is_in(planned: list[tuple[str, str]], name: str, value: str) -> bool:
    """Whether the plan has the option; the server may append to filters or parameters.

    It may also put a guard before a filter, which ends the job if frames are too small.
    """
    goes_on = name.startswith("-filter") or name.endswith("-params")
    texts = [GUARD.sub("", text) for word, text in planned if word == name]
    return any(text == value or (goes_on and text.startswith(value)) for text in texts)


def _canonical(name: str, value: str) -> str:
    if name.startswith("-filter"):
        return str(read_graph(value, name[-1]))
    return {"48k": "48000", "16:9": "16/9"}.get(value, value)
