"""Jobs with several outputs, by the client against a real server, a real worker, a real FFmpeg."""

import json
import subprocess
from pathlib import Path

import pytest

from ffremote.ffmpeg import Binaries
from tests.support.scripted_server import Ffremote

JOB = {
    "outputs": [
        {"output_filename": "film.mkv", "video": {"codec": "copy"}, "audio": False},
        {"output_filename": "sound.flac"},
    ]
}


@pytest.fixture
def job_file(tmp_path: Path) -> Path:
    path = tmp_path / "job.json"
    path.write_text(json.dumps(JOB))
    return path


@pytest.mark.slow
def test_run_writes_the_files_of_each_input_into_a_directory(
    real: Ffremote, clip: Path, job_file: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes())
    folder = tmp_path / "made"

    one = real("run", "--job", str(job_file), str(clip), "-o", f"{folder}/one/")
    again = real("run", "--job", str(job_file), str(clip), "-o", f"{folder}/one/")
    two = real("run", "--job", str(job_file), str(clip), str(other), "-o", f"{folder}/two/")

    assert (one.returncode, one.stdout) == (0, f"{folder}/one\n"), one.stderr
    assert again.returncode == 6
    assert "film.mkv exists already" in again.stderr
    assert two.returncode == 0, two.stderr
    assert sorted(str(p.relative_to(folder)) for p in folder.rglob("*.*")) == [
        "one/film.mkv",
        "one/sound.flac",
        f"two/{clip.stem}/film.mkv",
        f"two/{clip.stem}/sound.flac",
        "two/other/film.mkv",
        "two/other/sound.flac",
    ]


@pytest.mark.slow
def test_ffmpeg_writes_each_output_where_the_line_says(
    real: Ffremote, clip: Path, tmp_path: Path
) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    targets = [tmp_path / "a" / "out.mkv", tmp_path / "b" / "out.mkv"]
    options = ("-map", "0:v", "-c", "copy", str(targets[0]), "-map", "0:a", "-c", "copy")

    done = real("ffmpeg", "-i", str(clip), *options, str(targets[1]))
    existing = real("ffmpeg", "-n", "-i", str(clip), *options, str(tmp_path / "c.mkv"))
    itself = real("ffmpeg", "-y", "-i", str(clip), *options, str(clip))

    assert done.returncode == 0, done.stderr
    assert [target.stat().st_size > 0 for target in targets] == [True, True]
    assert existing.returncode == itself.returncode == 1
    assert "already exists" in existing.stderr
    assert "same as Input #0" in itself.stderr
    assert not (tmp_path / "c.mkv").exists()


def test_run_writes_the_files_of_a_package_into_a_directory(
    real: Ffremote, clip: Path, tmp_path: Path
) -> None:
    options = ("--package", "pictures", "--picture-every", "1", "--scale", "64:-2")

    done = real("run", "-i", str(clip), *options, "-o", f"{tmp_path}/made/")

    assert (done.returncode, done.stdout) == (0, f"{tmp_path}/made\n"), done.stderr
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == ["00001.jpg", "00002.jpg"]


@pytest.mark.slow
def test_ffmpeg_writes_numbered_pictures_and_segments(
    real: Ffremote, clip: Path, tmp_path: Path
) -> None:
    pictures = ("ffmpeg", "-i", str(clip), "-vf", "fps=2", str(tmp_path / "p%03d.png"))
    made = real(*pictures)
    again = real(*pictures)
    parts = real(
        *("ffmpeg", "-i", str(clip), "-map", "0:v", "-g", "25", "-f", "segment"),
        *("-segment_time", "1", "-segment_list", str(tmp_path / "all.m3u8")),
        str(tmp_path / "s%d.ts"),
    )

    assert made.returncode == parts.returncode == 0, (made.stderr, parts.stderr)
    assert again.returncode == 1
    assert "already exists" in again.stderr
    names = sorted(path.name for path in tmp_path.iterdir() if path.is_file())
    assert [name for name in names if name.startswith("p")] == [
        f"p{number:03}.png" for number in range(1, 5)
    ]
    assert [name for name in names if name.endswith((".ts", ".m3u8"))] == [
        "all.m3u8",
        "s0.ts",
        "s1.ts",
    ]
    listed = (tmp_path / "all.m3u8").read_text().splitlines()
    assert [line for line in listed if not line.startswith("#")] == ["s0.ts", "s1.ts"]


def test_ffmpeg_writes_a_stream_that_plays_under_its_own_names(
    real: Ffremote, clip: Path, binaries: Binaries, tmp_path: Path
) -> None:
    encode = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-s", "64x36", "-c:a", "aac")
    hls = real(
        *("ffmpeg", "-i", str(clip), *encode, "-hls_time", "1", "-hls_list_size", "0"),
        str(tmp_path / "film.m3u8"),
    )
    dash = real("ffmpeg", "-i", str(clip), *encode, "-f", "dash", str(tmp_path / "film.mpd"))

    assert hls.returncode == dash.returncode == 0, (hls.stderr, dash.stderr)
    names = {path.name for path in tmp_path.iterdir() if path.is_file()}
    assert {"film.m3u8", "film0.ts", "film1.ts"} <= names
    assert {"film.mpd", "init-stream0.m4s", "chunk-stream0-00001.m4s"} <= names
    words = ["-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0"]
    argv = [binaries.ffprobe, *words, str(tmp_path / "film.m3u8")]
    shown = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
    assert float(shown) == pytest.approx(2, abs=0.2)
    manifest = (tmp_path / "film.mpd").read_text()  # not every ffprobe reads DASH
    assert 'initialization="init-stream$RepresentationID$.m4s"' in manifest
    assert 'media="chunk-stream$RepresentationID$-$Number%05d$.m4s"' in manifest
