"""Text in an upload, and output of a compromised FFmpeg, is never taken for FFmpeg's protocol."""

import base64
import io
import json
import logging
import shutil
import subprocess
import tracemalloc
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from ffremote import ffmpeg, logs
from ffremote.ffmpeg.probing.ffprobe_output import parse_rate
from ffremote.ffmpeg.process.process import BoundedLog, _LineSplitter
from ffremote.ffmpeg.process.progress import LONGEST, ProgressBlock, ProgressReader
from ffremote.ffmpeg.process.stderr import Messages
from tests.support.job_runner import JobRunner
from tests.support.matrices import every

pytestmark = pytest.mark.security

Titled = Callable[[str], Path]
MEASURED = (
    '{"input_i":"-1","input_tp":"-1","input_lra":"1","input_thresh":"-9","target_offset":"0"}'
)
HEAD = "[loudnorm@track0 @ 0x55] [info] "
OWN = [HEAD, "{", *(f'\t"{key}" : "{n}",' for key, n in (("input_i", "-20.5"), ("input_tp", "-3")))]
OWN += ['\t"input_lra" : "2",', '\t"input_thresh" : "-31",', '\t"target_offset" : "0.1"', "}"]
TITLES = {
    "opens an object": "x] {",
    "opens an object on a line of its own": "x\n{",
    "is a measurement": f"x] {MEASURED}",
    "is a measurement in lines": "x] {\n" + MEASURED[1:-1].replace(",", ",\n") + "\n}",
    "has loudnorm's own beginning": f"{HEAD.strip()}\n{MEASURED}",
    "is an error": "[error] No space left on device",
    "is an error on a line of its own": "x\n[fatal] No space left on device",
    "returns the carriage": "x\r[error] No space left on device",
    "is long": "A" * 4096 + "[error] No space left on device",
}


@pytest.fixture(scope="module")
def runner(
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    tmp_path_factory: pytest.TempPathFactory,
) -> JobRunner:
    """A runner of jobs, confined."""
    return JobRunner(build, capabilities, tmp_path_factory.mktemp("jobs"))


@pytest.fixture(scope="module")
def titled(build: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Titled:
    """Makes two seconds of audio with a title."""

    def make(title: str) -> Path:
        path = tmp_path_factory.mktemp("titled") / "film.mkv"
        sound = ["-f", "lavfi", "-i", "sine=440:d=2", "-c:a", "flac", "-metadata", f"title={title}"]
        subprocess.run([build.ffmpeg, "-v", "error", *sound, path], check=True)
        return path

    return make


def messages_of(lines: Iterable[str], *, measures: bool = True) -> Messages:
    messages = Messages(measures_loudness=measures)
    for line in lines:
        messages.add(line.encode())
    return messages


@pytest.mark.parametrize(
    "name",
    [
        name if place < 1 else pytest.param(name, marks=pytest.mark.wide)
        for place, name in enumerate(TITLES)
    ],
)
def test_a_title_changes_neither_the_measurement_nor_the_end(
    runner: JobRunner, titled: Titled, name: str
) -> None:
    job = {"output_filename": "a.flac", "audio": {"codec": "flac", "loudness": -20}}
    runner.prepare(titled("plain"))
    plain = runner.run(**job)
    usual = measured_in(runner.output)

    runner.prepare(titled(TITLES[name]))
    ended = runner.run(**job)

    assert (plain, ended) == ("completed", "completed"), runner.output
    assert measured_in(runner.output) == usual != ""


FORGED = "[Parsed_volumedetect_0 @ 0x55] [info] mean_volume: -1 dB"
FULL = "[fatal] No space left on device"
PRINTING = "idet,metadata=print:key=lavfi.x"
WORDS = b"lavfi.scene_score=0.9"
FRAMES_WITH_WORDS = zlib.decompress(
    base64.b64decode(
        "eNrLKy3Rzy3NKcnMTU3JTFRIzs8rSczMSy1i8POtCpOPZ1nrxcLI2Pi/npGxpYHhAAMbAwgwLmBgYmTUYGTQ"
        "ZFBkZFRgYmyshEuxMQMJFiDexvT/F9P/30z//zD9/8tY9XuOvl+woEP0p5+3JRgYWCItDAwY+IBmAoGAACMj"
        "w63YqE9+nqsztk7bVaEANok9NS85PyW1iInXJ7EszdRSz8hcz9DAgFde4BpMoTQjSCFPUXxaUWJuanxRYkkq"
        "E7ORvuH24yvy/byfrH13yjWTl4Fh1sOGNVsWqt/PuVbJ2KTJ0GwNNDwHaGamXgVTo54jV3RAYlFxakp8Zkpq"
        "SbyBgoOCQYWpaaxCdGZeWn6sgi8oeBTANigAFaQml2Tm51kphLi5WSlYwvXmppYkpiSWJMYbQvTDtYM1Whko"
        "FJQUWxmDyHhQYFsZE9YJcWJxcmpeanxxcn5Rqq2BnqXACAfACGxuGI3CoQz8Iu6m6ys/8xNqamBg5GVmgADp"
        "ABF5YQCCCu+k"
    )
)
"""NUT of two gray frames with metadata whose text has lines like those of `idet` and `metadata`."""


@pytest.fixture(scope="module")
def named(build: ffmpeg.Binaries, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of sound with a tag whose name has lines like those of FFmpeg."""
    path = tmp_path_factory.mktemp("named") / "film.flac"
    sound = ["-f", "lavfi", "-i", "sine=440:d=2", "-metadata", f"x\n{FORGED}\n{FULL}\n\x1b[1my=z"]
    subprocess.run([build.ffmpeg, "-v", "error", *sound, path], check=True)
    return path


def test_the_name_of_a_tag_forges_neither_a_measurement_nor_an_error(
    runner: JobRunner, named: Path
) -> None:
    runner.prepare(named)

    ended = runner.run(output_filename="a.flac", audio={"filters": ["volumedetect"]})

    assert ended == "completed", runner.output
    assert FORGED.replace(" @ 0x55", "").encode() in runner.output
    assert [each["mean_db"] for each in runner.measurements["volume"]] == [-21.1]


def test_words_in_frames_forge_no_measurement(runner: JobRunner) -> None:
    runner.prepare(FRAMES_WITH_WORDS)

    ended = runner.run(video={"filters": [PRINTING]})

    assert (ended, WORDS in runner.output) == ("completed", True), runner.output
    assert runner.measurements.keys() == {"interlace"}
    assert [each["top_first"] for each in runner.measurements["interlace"]] == [0]


def measured_in(log: bytes) -> str:
    """Return the measurement that the last pass was given, from the command in the log."""
    return next((w for w in log.decode("utf-8", "replace").split(":") if "measured_I=" in w), "")


@pytest.mark.parametrize("title", every(6, [*TITLES.values(), *OWN]))
def test_endless_messages_use_bounded_memory(title: str) -> None:
    lines = [line.encode() for line in [f"[info]   title : {title}", *title.split("\n")]]
    spam = b'[alias_pix @ 0x5581] [error] Invalid data found, and much more of it: {"a": 1,'
    messages = Messages(BoundedLog(io.BytesIO(), max_bytes=1000), measures_loudness=True)
    for line in lines:
        messages.add(line)
    tracemalloc.start()

    for _ in range(20_000):
        messages.add(spam)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 1 << 20
    assert messages.loudness() is None


def test_the_lines_of_loudnorm_are_parsed() -> None:
    found = messages_of(OWN).loudness()

    assert found == {
        "input_i": -20.5,
        "input_tp": -3.0,
        "input_lra": 2.0,
        "input_thresh": -31.0,
        "target_offset": 0.1,
    }


def test_a_pass_that_does_not_measure_has_no_measurement() -> None:
    assert messages_of(OWN, measures=False).loudness() is None


def test_an_incomplete_measurement_is_ignored() -> None:
    assert messages_of([*OWN[:4], "[info] frame=1", *OWN[4:]]).loudness() is None


def cut(chunks: Iterable[bytes]) -> list[bytes]:
    found: list[bytes] = []
    lines = _LineSplitter(found.append)
    for chunk in chunks:
        lines.feed(chunk)
    lines.end()
    return found


def test_the_rest_of_an_endless_line_is_dropped() -> None:
    spoof = b"[error] No space left on device"

    found = cut([b"[info] " + b"A" * 5000, spoof, spoof + b"\n", b"[info] next\n"])

    assert [line[:12] for line in found] == [b"[info] AAAAA", b"[info] next"]
    assert max(map(len, found)) <= _LineSplitter.LONGEST


def test_ordinary_lines_are_split_as_they_were_written() -> None:
    assert cut([b"a\nb", b"c\r", b"d\n\n", b"e"]) == [b"a", b"bc", b"d", b"e"]


def test_progress_without_a_line_end_is_not_kept() -> None:
    reader = ProgressReader()

    for _ in range(200):
        assert list(reader.feed(b"frame=" + b"9" * 65536)) == []

    assert len(reader._rest) <= LONGEST
    assert list(reader.feed(b"\nframe=7\nprogress=continue\n")) == [ProgressBlock(frame=7)]


@pytest.mark.parametrize("value", ["inf", "nan", "-inf", "1e400", "1e99999999", "9" * 200, "N/A"])
def test_an_invalid_number_is_unknown(value: str) -> None:
    text = "".join(f"{key}={value}\n" for key in ("frame", "fps", "out_time_us", "total_size"))

    [block] = ProgressReader().feed(f"{text}speed={value}x\nprogress=end\n".encode())

    assert (block.frame, block.out_microseconds, block.output_bytes) == (None, None, None)
    assert block.is_last


def test_endless_keys_are_not_kept() -> None:
    reader = ProgressReader()

    list(reader.feed(b"".join(b"key%d=1\n" % n for n in range(50_000))))

    assert reader._values == {}


@pytest.mark.parametrize("rate", ["1e99999999", "9" * 5000, "1/0", "0/0", "1e400/1", "-25/1", ""])
def test_an_invalid_frame_rate_is_rejected_at_once(rate: str) -> None:
    assert parse_rate(rate) is None


def test_ordinary_frame_rates_are_parsed() -> None:
    assert [parse_rate(text) for text in ("25/1", "30000/1001", "24")] == [25.0, 29.97, 24.0]


@pytest.mark.parametrize(
    "answer",
    [
        "[]",
        '{"streams": 5}',
        '{"streams": [{"codec_type": "video"}]}',
        '{"streams": [{"codec_type": "audio", "index": 0, "sample_rate": 1e400}]}',
        "[" * 100_000,
        '{"a": ' + "9" * 5000 + "}",
        "not json",
    ],
)
def test_the_output_of_a_compromised_ffprobe_fails_only_the_job(
    runner: JobRunner, tmp_path: Path, answer: str
) -> None:
    lying = tmp_path / "ffprobe"
    (tmp_path / "answer").write_text(answer)
    lying.write_text(f"#!/bin/sh\ncat {tmp_path / 'answer'}\n")
    lying.chmod(0o755)
    runtime = ffmpeg.Runtime(
        ffmpeg.Binaries(runner.runtime.binaries.ffmpeg, lying, "environment"),
        runner.runtime.limits,
        type(runner.runtime.sandbox)("off", runner.runtime.limits),
    )

    with pytest.raises(ffmpeg.TranscodeError) as caught:
        ffmpeg.probe(runtime, tmp_path, "answer", on_progress=lambda report: None)

    assert caught.value.failure.reason == "unsupported_input"


def record(message: str, *arguments: object) -> logging.LogRecord:
    return logging.LogRecord("x", logging.INFO, "x", 1, message, arguments, None)


@pytest.mark.parametrize(
    "title",
    ["a\n2026-01-01 ERROR forged", "a\rforged", "a\x1b[2Jb", "a\x9bb", "a\u2028b", "a\x85b"],
)
def test_text_of_an_upload_begins_no_line_of_the_log(title: str) -> None:
    plain = logs.TextFormatter("%(levelname)s %(message)s")
    as_json = logs.JsonFormatter()

    text = plain.format(record("job %s: %s", "1", f"ffmpeg -metadata title={title}"))

    assert len(text.splitlines()) == 1 and text.isprintable()
    assert text.startswith("INFO job 1: ffmpeg -metadata title=a")
    shown = json.loads(as_json.format(record("%s", title)))
    assert shown["message"] == title


def test_ordinary_text_and_tracebacks_are_unchanged() -> None:
    plain = logs.TextFormatter("%(message)s")
    try:
        raise ValueError("wrong")
    except ValueError as exc:
        made = record("größer, 日本 «x»")
        made.exc_info = (type(exc), exc, exc.__traceback__)

    lines = plain.format(made).splitlines()

    assert lines[0] == "größer, 日本 «x»"
    assert lines[-1] == "ValueError: wrong" and len(lines) > 2


@pytest.mark.parametrize(
    ("line", "logged"),
    [
        (
            "[Parsed_ass_0 @ 0x5] [info] fontselect: (Sans, 400, 0) -> /usr/fonts/x/A.ttf, 0, A",
            "[Parsed_ass_0] [info] fontselect: (Sans, 400, 0) -> A.ttf, 0, A",
        ),
        (
            "Fontconfig error: Cannot load config file from /opt/server/lib/fonts/fonts.conf",
            "Fontconfig error: Cannot load config file from fonts.conf",
        ),
        ("[info]     title : /home/me/film.mkv", "[info]     title : /home/me/film.mkv"),
        ("[in#0/mov] [info] at 1/2 of http://a/b", "[in#0/mov] [info] at 1/2 of http://a/b"),
    ],
)
def test_the_log_does_not_show_the_paths_of_the_server_s_fonts(line: str, logged: str) -> None:
    log = io.BytesIO()

    Messages(BoundedLog(log)).add(line.encode())

    assert log.getvalue().decode() == logged + "\n"


def run_large(runner: JobRunner, source: Path) -> str:
    runner.prepare(source)
    return runner.run(video={"codec": "rawvideo"}, audio=False)


def test_a_result_past_its_limit_fails_with_the_limit(
    build: ffmpeg.Binaries, capabilities: ffmpeg.Capabilities, clip: Path, tmp_path: Path
) -> None:
    small = JobRunner(build, capabilities, tmp_path, max_output_bytes=200_000)

    assert run_large(small, clip) == "resource_limit"
    assert b"past the size that a job may have" in small.output


def test_a_result_leaves_the_reserve_of_the_disk_free(
    build: ffmpeg.Binaries,
    capabilities: ffmpeg.Capabilities,
    clip: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    usage: Any = shutil.disk_usage(tmp_path)
    reserve = 1 << 30
    kept = JobRunner(build, capabilities, tmp_path, min_free_bytes=reserve)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=reserve + 200_000))

    assert run_large(kept, clip) == "disk_full"
    assert (tmp_path / "job" / "try1" / "out.mkv").stat().st_size <= 200_000
