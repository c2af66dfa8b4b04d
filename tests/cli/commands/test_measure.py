"""`ffremote measure` against a real server and FFmpeg."""

import json
from pathlib import Path

from tests.support.scripted_server import Ffremote


def test_measure_prints_the_figures_of_each_file(
    real: Ffremote, clip: Path, tmp_path: Path
) -> None:
    done = real("measure", str(clip), "--volume", "--interlace", "--json")

    assert (done.returncode, done.stderr) == (0, done.stderr)
    found = json.loads(done.stdout)
    assert found["path"] == str(clip)
    assert sorted(found["measurements"]) == ["interlace", "volume"]
    [volume] = found["measurements"]["volume"]
    assert volume["mean_db"] < 0
    assert list(tmp_path.glob("*.null")) == []


def test_measure_without_options_measures_all_and_prints_a_line_for_each(
    real: Ffremote, clip: Path
) -> None:
    done = real("measure", str(clip))

    first, *lines = done.stdout.splitlines()
    assert first == str(clip)
    assert {line.split()[0] for line in lines} >= {"volume", "loudness", "interlace"}


def test_a_run_without_a_file_prints_no_path(real: Ffremote, clip: Path) -> None:
    done = real("run", "-i", str(clip), "--container", "null", "--no-video")

    assert (done.returncode, done.stdout) == (0, "")
