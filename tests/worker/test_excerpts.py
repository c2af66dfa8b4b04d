"""Descriptions of parts of a file are those of the whole file, or say what is missing."""

import shutil
import subprocess
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.config import Settings
from ffremote.ffmpeg import Description, OnProgress, Runtime, TranscodeError
from ffremote.files import read_watch
from ffremote.spec import Excerpt, Input
from ffremote_worker.excerpts import describe_excerpt
from tests.support.matrices import sampled

UNIT = 1 << 16
ROUNDS = 5

_V, _A = "-f lavfi -i testsrc2=s=320x240:r=25:d=8", "-f lavfi -i anoisesrc=r=48000:d=8:a=0.3"
_H264 = "-c:v libx264 -preset ultrafast -g 25 -b:v 1M -pix_fmt yuv420p -c:a aac"
_PCM = "-c:a pcm_s16le"

KINDS: dict[str, str] = {
    "last.mp4": f"{_V} {_A} {_H264}",
    "first.mp4": f"{_V} {_A} {_H264} -movflags +faststart",
    "fragments.mp4": f"{_V} {_A} {_H264} -movflags +frag_keyframe+empty_moov",
    "index.mp4": f"{_V} {_A} {_H264} -movflags +frag_keyframe+empty_moov+global_sidx",
    "timecode.mov": f"{_V} {_A} {_H264} -timecode 01:00:00:00 -metadata title=Alps",
    "prores.mov": f"{_V} {_A} -c:v prores {_PCM}",
    "a.3gp": f"{_V} {_A} {_H264}",
    "a.m4a": f"{_A} -c:a aac -b:a 192k",
    "a.mkv": f"{_V} {_A} {_H264}",
    "front.mkv": f"{_V} {_A} {_H264} -cues_to_front 1",
    "live.mkv": f"{_V} {_A} {_H264} -live 1",
    "a.webm": f"{_V} {_A} -c:v libvpx -b:v 1M -c:a libvorbis",
    "a.avi": f"{_V} {_A} -c:v mpeg4 -b:v 1M -c:a mp3",
    "a.ts": f"{_V} {_A} {_H264}",
    "a.m2ts": f"{_V} {_A} {_H264}",
    "a.mpg": f"{_V} {_A} -c:v mpeg2video -b:v 1M -c:a mp2",
    "a.flv": f"{_V} {_A} -c:v flv -b:v 1M -c:a mp3 -ar 44100",
    "a.wmv": f"{_V} {_A} -c:v wmv2 -b:v 1M -c:a wmav2",
    "a.mxf": f"{_V} {_A} -c:v mpeg2video -b:v 1M {_PCM}",
    "a.nut": f"{_V} {_A} {_H264}",
    "a.ogv": f"{_V} {_A} -c:v libtheora -b:v 1M -c:a libvorbis",
    "a.ogg": f"{_A} -c:a libvorbis -b:a 192k",
    "a.opus": f"{_A} -c:a libopus -b:a 256k",
    "xing.mp3": f"{_A} -c:a libmp3lame -b:a 320k -write_id3v1 1 -metadata title=Alps",
    "vbr.mp3": f"{_A} -c:a libmp3lame -q:a 0 -write_xing 0 -id3v2_version 0 -write_id3v1 1",
    "a.aac": f"{_A} -c:a aac -b:a 256k",
    "a.ac3": f"{_A} -c:a ac3 -b:a 448k",
    "a.flac": f"{_A} -c:a flac",
    "a.wv": f"{_A} -c:a wavpack",
    "a.wav": f"{_A} {_PCM}",
    "a.w64": f"{_A} {_PCM}",
    "a.caf": f"{_A} {_PCM}",
    "a.aiff": f"{_A} -c:a pcm_s16be",
    "a.y4m": f"{_V} -pix_fmt yuv420p",
    "a.h264": f"{_V} {_H264}",
    "a.gif": f"{_V}",
    "a.png": "-f lavfi -i nullsrc=s=500x500,geq=random(1)*255 -frames:v 1",
    "a.jpg": "-f lavfi -i nullsrc=s=900x900,geq=random(1)*255 -frames:v 1 -q:v 1",
    "a.bmp": "-f lavfi -i testsrc2=s=500x500 -frames:v 1",
}


@pytest.fixture
def runtime(build: ffmpeg.Binaries) -> Runtime:
    """Each build, confined."""
    chosen = Settings(ffmpeg=str(build.ffmpeg), ffprobe=str(build.ffprobe))
    return ffmpeg.make_runtime(chosen)


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A directory on a file system that tells what was read."""
    if not read_watch.works_in(tmp_path):
        pytest.skip("this file system does not tell what was read; set TMPDIR to one that does")
    made = tmp_path / "job"
    made.mkdir()
    return made


def described(runtime: Runtime, directory: Path, on_progress: OnProgress) -> Description:
    info = ffmpeg.probe(runtime, directory, "input", on_progress=on_progress)
    return ffmpeg.describe(
        runtime,
        directory / "input",
        info,
        source=Input(),
        number=0,
        on_progress=on_progress,
    )


def described_by_parts(
    runtime: Runtime, directory: Path, content: bytes, parts: list[tuple[int, int]]
) -> Description:
    scratch = directory.parent / "scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    sent = b"".join(content[at : at + length] for at, length in parts)
    (directory / "input").write_bytes(sent)
    return describe_excerpt(
        directory / "input",
        Excerpt(size=len(content), parts=tuple(parts)),
        scratch,
        lambda report: described(runtime, directory, report),
        on_progress=lambda report: None,
    )


def joined(parts: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for at, length in sorted(parts):
        if found and at <= sum(found[-1]):
            begin, so_far = found[-1]
            found[-1] = (begin, max(so_far, at + length - begin))
        else:
            found.append((at, length))
    return found


@pytest.mark.parametrize("name", sampled([(k,) for k in KINDS], 0, 8, 28))
def test_a_description_of_parts_is_that_of_the_file(
    binaries: ffmpeg.Binaries, runtime: Runtime, directory: Path, name: str
) -> None:
    film = directory.parent / name
    argv = [binaries.ffmpeg, "-v", "error", *KINDS[name].split(), film]
    subprocess.run(argv, check=True, stdin=subprocess.DEVNULL)
    shutil.copy(film, directory / "input")
    content = film.read_bytes()
    assert len(content) > 2 * UNIT
    whole = described(runtime, directory, lambda report: None)
    parts, told = [(0, UNIT)], None

    for _ in range(ROUNDS):
        told = described_by_parts(runtime, directory, content, parts)
        if "missing" not in told.facts:
            break
        # as little as is possible, so that as many wrong descriptions as possible could come
        parts = joined([*parts, *((at, min(n, UNIT)) for at, n in told.facts["missing"])])
    else:
        parts = [(0, len(content))]
        told = described_by_parts(runtime, directory, content, parts)

    assert told == whole


def test_a_file_that_needs_more_names_it_and_keeps_the_upload(
    runtime: Runtime, directory: Path
) -> None:
    content = b"P6 400 400 255\n" + bytes(range(256)) * 1875

    told = described_by_parts(runtime, directory, content, [(0, UNIT)])

    [(offset, length), *_] = told.facts["missing"]
    assert (set(told.facts), told.lines, offset) == ({"missing"}, (), UNIT)
    assert length > 0


def test_a_broken_file_fails_by_its_parts_as_well(runtime: Runtime, directory: Path) -> None:
    content = b"\x1aE\xdf\xa3" + bytes(10 * UNIT)

    with pytest.raises(TranscodeError):
        described_by_parts(runtime, directory, content, [(0, len(content))])


@pytest.mark.parametrize("content", [b"\x1aE\xdf\xa3" + bytes(3), b"GIF89a" + b"\xff" * 100])
def test_an_upload_that_is_not_the_parts_is_refused(
    runtime: Runtime, directory: Path, content: bytes
) -> None:
    (directory / "input").write_bytes(content)

    with pytest.raises(TranscodeError, match="the upload has"):
        describe_excerpt(
            directory / "input",
            Excerpt(size=10**10, parts=((0, UNIT),)),
            directory,
            lambda report: pytest.fail("it must not be described"),
            on_progress=lambda report: None,
        )
