"""FFmpeg reads the same frames from a pipe, as the bytes come, as from the whole file."""

from pathlib import Path

import pytest

from ffremote.files.arriving.layout import layout_of
from tests.support.arriving import make_film
from tests.support.conversion import Converter
from tests.support.growing import run_overlapped
from tests.support.job_directory import JobDirectory
from tests.support.matrices import sampled

SOUND = "-vn"
FIRST = ("-movflags", "+faststart")
H264 = ("-c:v", "libx264", "-preset", "ultrafast")
FILMS = [
    ("film.mkv", *H264, "-c:a", "aac"),
    ("first.mp4", *H264, "-c:a", "aac", *FIRST),
    ("film.webm", "-c:v", "libvpx", "-deadline", "realtime", "-c:a", "libopus"),
    ("b-frames.mkv", "-c:v", "libx264", "-bf", "3", "-c:a", "flac"),
    ("intra.mov", "-c:v", "mjpeg", "-q:v", "3", "-c:a", "pcm_s16le", *FIRST),
    ("prores.mov", "-c:v", "prores_ks", "-c:a", "pcm_s24le", *FIRST),
    ("parts.mp4", *H264, "-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov"),
    ("dash.mp4", *H264, "-g", "25", "-c:a", "aac", "-movflags", "+dash"),
    ("shifted.mp4", *H264, "-c:a", "aac", "-output_ts_offset", "7", *FIRST),
    ("film.ts", *H264, "-c:a", "aac"),
    ("film.m2ts", *H264, "-c:a", "ac3"),
    ("mpeg2.ts", "-c:v", "mpeg2video", "-c:a", "mp2"),
    ("film.flv", "-c:v", "flv", "-c:a", "aac"),
    ("h264.flv", *H264, "-c:a", "aac"),
    ("film.avi", "-c:v", "mpeg4", "-c:a", "mp2"),
    ("raw.avi", "-c:v", "mjpeg", "-c:a", "pcm_s16le"),
    ("film.ogv", "-c:v", "libtheora", "-c:a", "libvorbis"),
    ("film.wmv", "-c:v", "wmv2", "-c:a", "wmav2"),
    ("sound.wav", SOUND, "-c:a", "pcm_s16le"),
    ("wide.wav", SOUND, "-c:a", "pcm_s24le", "-rf64", "always"),
    ("sound.flac", SOUND),
    ("sound.ogg", SOUND, "-c:a", "libvorbis"),
    ("sound.opus", SOUND, "-c:a", "libopus"),
    ("sound.aac", SOUND, "-c:a", "aac"),
    ("sound.ac3", SOUND, "-c:a", "ac3"),
    ("sound.m4a", SOUND, "-c:a", "aac", *FIRST),
    ("alac.m4a", SOUND, "-c:a", "alac", *FIRST),
    ("sound.mka", SOUND, "-c:a", "pcm_f32le"),
    ("film.3gp", "-c:v", "mpeg4", "-c:a", "aac", *FIRST),
    ("pictures.mkv", "-an", "-c:v", "ffv1"),
    ("hevc.mkv", "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=0"),
]


def frames(listed: bytes) -> list[list[str]]:
    """Return the lines of a list of checksums, each stream in its order."""
    rows = [line.split(",") for line in listed.decode().splitlines() if line[0] != "#"]
    return sorted(rows, key=lambda row: (row[0], int(row[1])))


def checksums(listed: bytes) -> list[tuple[str, str]]:
    """Return stream and checksum of each frame: times in MPEG-TS may differ by a sample."""
    return [(row[0], row[-1]) for row in frames(listed)]


@pytest.mark.parametrize("film", sampled([(each,) for each in FILMS], 0, 1))
def test_frames_from_a_pipe_are_those_of_the_file(
    converter: Converter, tmp_path: Path, film: tuple[str, ...]
) -> None:
    name, *options = film
    path = make_film(converter.runtime.binaries, tmp_path / name, *options, seconds=1)
    directory = JobDirectory(converter.runtime, converter.capabilities, tmp_path / "job", path)
    job = {"output_filename": "frames.txt", "container": "framemd5"}

    overlapped = run_overlapped(directory, **job)
    directory.run(**job)

    ordinary = directory.result.read_bytes()
    with path.open("rb") as file:
        assert layout_of(file.fileno(), path.stat().st_size).needed is not None
    if path.suffix == ".ts":
        assert checksums(overlapped) == checksums(ordinary)
    else:
        assert frames(overlapped) == frames(ordinary)
