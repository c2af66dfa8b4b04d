"""`ffremote probe` with a real server and worker."""

import json
from pathlib import Path

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
