"""`ffremote probe` with a real server and worker."""

import json
import struct
import subprocess
from pathlib import Path

import pytest

from ffremote.ffmpeg import Binaries
from ffremote.files import read_watch
from ffremote_cli.formatting import columns_of
from ffremote_cli.ui.media_table import media_table
from tests.support.scripted_server import Ffremote


def test_probe_shows_the_streams_of_a_file(real: Ffremote, clip: Path) -> None:
    done = real("probe", str(clip))

    assert done.returncode == 0, done.stderr
    name, container, header, *rows = done.stdout.splitlines()
    assert name == str(clip)
    assert container.startswith("QuickTime / MOV, ")
    assert header.split() == ["#", "KIND", "CODEC", "DETAILS", "RATE", "LANG"]
    assert rows[0].split()[:2] == ["0", "video"]


def test_probe_prints_a_line_of_json_for_each_file_and_the_errors(
    real: Ffremote, clip: Path, tmp_path: Path
) -> None:
    missing, text = tmp_path / "missing.mp4", tmp_path / "text.mp4"
    text.write_text("only words, no film\n" * 50)

    done = real("probe", str(clip), str(missing), str(text), "--json")

    film, absent, words, failure = map(json.loads, done.stdout.splitlines())
    assert (film["path"], film["streams"][0]["kind"]) == (str(clip), "video")
    assert {"job_id", "bytes", "sha256", "format", "format_name", "duration", "tags"} <= film.keys()
    assert "upload_id" not in film
    assert "2 of 3 failed" in json.dumps(failure)
    assert (absent["path"], words["path"]) == (str(missing), str(text))
    assert done.returncode == 6
    assert "missing.mp4 cannot be read" in done.stderr


def test_a_file_that_is_no_media_is_refused(real: Ffremote, tmp_path: Path) -> None:
    text = tmp_path / "text.mp4"
    text.write_text("only words, no film\n" * 50)

    done = real("probe", str(text))

    assert (done.returncode, done.stdout) == (4, "")
    assert "not media" in done.stderr


def test_there_is_no_result_to_download_and_nothing_is_left_of_the_attempt(
    real: Ffremote, clip: Path, tmp_path: Path
) -> None:
    job_id = json.loads(real("probe", str(clip), "--json").stdout)["job_id"]
    (tmp_path / "into").mkdir()

    done = real("download", job_id, "-o", str(tmp_path / "into" / "out.mp4"))

    assert done.returncode == 4
    assert "makes no file" in done.stderr
    assert list((tmp_path / "into").iterdir()) == []


def test_a_directory_without_media_is_a_local_problem(real: Ffremote, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert real("probe", str(tmp_path / "empty")).returncode == 6


def test_the_table_fits_a_terminal_and_hostile_words_cannot_fake_it() -> None:
    stream = {
        "index": 3,
        "kind": "video",
        "codec": "h264",
        "profile": "High 4:4:4 Predictive",
        "width": 7680,
        "height": 4320,
        "fps": 23.976,
        "pix_fmt": "yuv444p10le",
        "color_transfer": "smpte2084",
        "bit_rate": 123_456_789,
        "language": "ger" * 40,
        "dispositions": ["default", "forced", "hearing_impaired"],
    }
    facts = {
        "path": "in.mp4",
        "format": "mov",
        "bytes": 10,
        "streams": [stream],
        "tags": {"title": "\x1b[31mred\nfake: line" + "漢" * 200},
        "chapter_list": [{"start": 0.0, "end": 1.0, "title": "\x1b]0;x" + "y" * 200}],
        "truncated": True,
    }

    shown = media_table(facts)

    assert "\x1b" not in shown
    assert not any(line.startswith("fake") for line in shown.splitlines())
    assert max(columns_of(line) for line in shown.splitlines()) <= 80


@pytest.fixture
def needs_page_cache(tmp_path: Path) -> None:
    """Skip where the file system of the test does not tell what was read."""
    if not read_watch.works_in(tmp_path):
        pytest.skip("this file system does not tell what was read; set TMPDIR to one that does")


def inflated(clip: Path, path: Path, size: int) -> Path:
    """Write the clip, whose index is at the end, with as much more media data, all zeros."""
    content = clip.read_bytes()
    media, index = content.index(b"mdat") - 4, content.rindex(b"moov") - 4
    more = size - len(content)
    with path.open("wb") as file:
        file.write(content[:media] + struct.pack(">I", index - media + more))
        file.write(content[media + 4 : index])
        file.seek(index + more)
        file.write(content[index:])
    return path


@pytest.mark.usefixtures("needs_page_cache")
def test_of_a_film_of_a_gigabyte_five_megabytes_are_sent(
    real: Ffremote, clip: Path, tmp_path: Path
) -> None:
    size = 1_000_000_000
    large = inflated(clip, tmp_path / "large.mp4", size)

    done = real("probe", str(large), "--json")
    shown = real("ffmpeg", "-hide_banner", "-i", str(large))

    assert (done.returncode, done.stderr) == (0, "")
    facts = json.loads(done.stdout)
    assert (facts["bytes"], [each["kind"] for each in facts["streams"]]) == (
        size,
        ["video", "audio"],
    )
    assert facts["bit_rate"] == pytest.approx(8 * size / facts["duration"], rel=1e-6)
    assert 0 < facts["sent_bytes"] < 5_000_000
    assert "sha256" not in facts
    assert shown.returncode == 1
    assert f"Input #0, mov,mp4,m4a,3gp,3g2,mj2, from '{large}':" in shown.stderr
    assert "Stream #0:1" in shown.stderr


@pytest.mark.slow
@pytest.mark.usefixtures("needs_page_cache")
def test_a_file_that_needs_all_its_bytes_is_sent_whole_with_a_remark(
    real: Ffremote, binaries: Binaries, clip: Path, tmp_path: Path
) -> None:
    stream = tmp_path / "clip.ts"
    subprocess.run([binaries.ffmpeg, "-v", "error", "-i", clip, "-c", "copy", stream], check=True)
    large, body = tmp_path / "large.bin", stream.read_bytes()
    large.write_bytes(bytes(4) + body * (17_000_000 // len(body) + 1))
    size = large.stat().st_size

    done = real("probe", str(large), "--json")
    again = real("probe", str(large), "--json")

    facts = json.loads(done.stdout)
    assert (facts["bytes"], facts["format"], len(facts["sha256"])) == (size, "mpegts", 64)
    assert facts["sent_bytes"] > size
    assert "large.bin: its description needs more than parts of the file" in done.stderr
    assert "sent_bytes" not in json.loads(again.stdout)
    assert "parts of the file" not in again.stderr
