"""A false header: the job completes with a warning about the claimed and the real duration."""

import subprocess
import sys
from pathlib import Path

import requests

from tests.support.paths import MEDIA
from tests.support.service import Service

FLV = MEDIA / "F03" / "flv-2147483s.flv"


def test_a_false_length_is_a_warning_of_the_job_and_of_the_command_line(
    running: Service, tmp_path: Path
) -> None:
    ended = subprocess.run(
        [
            *(
                sys.executable,
                "-m",
                "ffremote_cli",
                "--server",
                running.url.removesuffix("/api/v1"),
            ),
            *("run", "-i", FLV, "-o", tmp_path / "out.mp4"),
        ],
        env=running.environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    (listed,) = requests.get(f"{running.url}/jobs?limit=1", timeout=20).json()["items"]
    job = requests.get(f"{running.url}/jobs/{listed['job_id']}", timeout=20).json()
    (warning,) = [each for each in job["warnings"] if "2147483" in each]
    assert (ended.returncode, (tmp_path / "out.mp4").exists()) == (0, True), ended.stderr
    assert warning.startswith("The result is 6.")
    assert warning in " ".join(ended.stderr.split())
