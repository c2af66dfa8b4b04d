"""File names that are invalid on other systems: the server gets a harmless label."""

import os
import re
from pathlib import Path

import pytest

from ffremote import spec
from ffremote_cli.file_names import LONGEST, local_name, server_label
from tests.support.scripted_server import Ffremote

LABELS = {
    "-dash.mp4": "_dash.mp4",
    "--.mp4": "__.mp4",
    " lead.mp4": "_lead.mp4",
    "back\\slash.mp4": "back_slash.mp4",
    "latin\udce9.mp4": "latin_.mp4",
    "tab\there\n.mp4": "tab_here_.mp4",
    "right\u202eto left.mp4": "right_to left.mp4",
    "CON.mp4": "_CON.mp4",
    "dots. . ": "dots____",
    ".": "_",
    "..": "__",
    "": "_",
    "\udcff": "_",
}


@pytest.mark.parametrize(("name", "label"), LABELS.items())
def test_a_name_becomes_a_label_that_the_server_accepts(name: str, label: str) -> None:
    assert server_label(name) == label
    assert spec.build_job({"output_filename": label}).output_filename == label


@pytest.mark.parametrize(
    "name", ["holiday.mp4", "Ferien, Tag 1 – Höhle.mkv", "日本.webm", "a-b.mp3"]
)
def test_an_ordinary_name_is_its_own_label(name: str) -> None:
    assert server_label(name) == local_name(name) == name


@pytest.mark.parametrize("name", ["ü" * 200 + ".mp4", "x" * 300, "x." + "y" * 300])
def test_a_long_name_is_truncated_and_keeps_a_short_extension(name: str) -> None:
    label = server_label(name)

    assert len(label.encode()) <= LONGEST
    assert label.endswith(".mp4") == name.endswith(".mp4")
    assert spec.build_job({"output_filename": label}).output_filename == label


ODD = [b"-dash", b" lead", b"back\\slash", b"latin\xe9", b"two\nlines"]


@pytest.mark.parametrize("stem", ODD)
def test_any_local_name_is_uploaded_and_the_result_has_the_requested_name(
    real: Ffremote, clip: Path, tmp_path: Path, stem: bytes
) -> None:
    source = tmp_path / os.fsdecode(stem + b".mp4")
    source.write_bytes(clip.read_bytes())
    target = f"./{os.fsdecode(stem)}-made.mkv"

    done = real("ffmpeg", "-v", "error", "-i", f"./{source.name}", "-c", "copy", target)

    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / target).stat().st_size > 1000
    assert not re.search("Traceback|Unicode", done.stderr)
