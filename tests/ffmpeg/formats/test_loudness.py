"""Every selected audio track gets the loudness of the job."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ffremote import ffmpeg
from ffremote.ffmpeg.formats.loudness import Measurements, corrections, measuring
from tests.support.job_directory import JobDirectory

OBJECT = """{
"input_i" : "-21.75",
"input_tp" : "-18.06",
"input_lra" : "0.00",
"input_thresh" : "-31.75",
"target_offset" : "-0.05"
}"""


def loudness(binaries: ffmpeg.Binaries, path: Path, track: int) -> float:
    """Measure a track of the result in LUFS."""
    words = [binaries.ffmpeg, "-hide_banner", "-nostats", "-i", path, "-map", f"0:a:{track}"]
    words += ["-af", "ebur128", "-f", "null", "-"]
    output = subprocess.run(words, check=True, capture_output=True, text=True).stderr
    return float(output.rpartition("I:")[2].split()[0])


def test_a_quiet_and_a_loud_track_get_the_same_loudness(
    open_job: Callable[[Path], JobDirectory], binaries: ffmpeg.Binaries, tmp_path: Path
) -> None:
    sources = "-f lavfi -i sine=440:d=4 -f lavfi -i sine=880:d=4 -f lavfi -i anullsrc=d=4".split()
    changes = "-map 0 -map 1 -map 2 -filter:a:0 volume=-12dB -filter:a:1 volume=6dB".split()
    made = tmp_path / "two.mka"
    words = [binaries.ffmpeg, "-v", "error", *sources, *changes, "-c:a", "flac", made]
    subprocess.run(words, check=True, stdin=subprocess.DEVNULL)
    directory = open_job(made)

    directory.run(output_filename="a.mka", audio={"loudness": -18, "codec": "flac"}, streams=["0"])

    found = [loudness(binaries, directory.result, track) for track in range(2)]
    assert found == pytest.approx([-18, -18], abs=1)
    assert loudness(binaries, directory.result, 2) < -60


def test_the_text_of_another_filter_or_tag_is_no_measurement() -> None:
    measured = Measurements()

    for line in [*OBJECT.splitlines(), "  title : [loudnorm@track0] ", *OBJECT.splitlines()]:
        measured.add(line)

    assert measured.of_track(0) is None


def test_each_track_has_its_own_correction() -> None:
    measured = Measurements()
    loudnorm = "loudnorm=I=-16:TP=-1.5:LRA=11"
    argv = measuring({0: "volume=volume=2", 1: ""}, loudnorm)

    for line in ["[loudnorm@track1] [info] ", *OBJECT.splitlines()]:
        measured.add(line)

    assert argv == [
        "-filter:a:0",
        "volume=volume=2,loudnorm@track0=I=-16:TP=-1.5:LRA=11:print_format=json",
        "-filter:a:1",
        "loudnorm@track1=I=-16:TP=-1.5:LRA=11:print_format=json",
    ]
    silent, corrected = corrections([loudnorm, loudnorm], measured.of_track)
    assert silent == "anull"
    assert re.match(
        r"loudnorm=I=-16:TP=-1.5:LRA=11:measured_I=-21.75:.*linear=1,asetnsamples=n=4096:p=0$",
        corrected,
    )
