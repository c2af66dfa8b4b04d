"""A job that makes no file: what FFmpeg found is in its log."""

import subprocess
from pathlib import Path

import requests
from sqlalchemy.orm import Session

from ffremote.ffmpeg import Binaries
from ffremote.jobs import store
from ffremote.ledger.needs import REPORT
from tests.support.service import Service

VOLUME = {"output_filename": "volume.null", "container": "null"}


def log_of(service: Service, job_id: str) -> str:
    """Return the log of a job."""
    return requests.get(f"{service.url}/jobs/{job_id}/log", timeout=20).text


def test_a_job_without_a_file_completes_with_what_ffmpeg_printed(
    running: Service, rows: Session, clip: Path
) -> None:
    job_id = running.submit(clip, **VOLUME, audio={"filters": ["volumedetect"]})
    running.wait_until(job_id, "completed")

    result = requests.get(f"{running.url}/jobs/{job_id}/result", timeout=20)
    assert (result.status_code, result.json()["error"]["code"]) == (404, "NO_RESULT")
    assert requests.get(f"{running.url}/jobs/{job_id}/files", timeout=20).json()["items"] == []
    job = requests.get(f"{running.url}/jobs/{job_id}", timeout=20).json()
    assert job["result"] is None
    assert job["command"].endswith("-f null -")
    [volume] = job["measurements"]["volume"]
    assert (volume["filter"], volume["instance"], volume["output"]) == ("volumedetect", 0, 0)
    assert f"mean_volume: {volume['mean_db']} dB" in log_of(running, job_id)
    row = store.find(rows, job_id)
    assert REPORT in row.needs.split()
    assert row.result_token is None


def test_an_output_beside_a_report_is_the_only_file_of_the_job(
    running: Service, rows: Session, clip: Path
) -> None:
    job_id = running.submit(
        clip,
        outputs=[
            {"output_filename": "sound.flac", "video": False},
            {**VOLUME, "audio": {"filters": ["volumedetect"]}, "video": False},
        ],
    )
    running.wait_until(job_id, "completed")

    items = requests.get(f"{running.url}/jobs/{job_id}/files", timeout=20).json()["items"]
    assert [each["name"] for each in items] == ["sound.flac"]


def test_warnings_name_the_report_that_they_are_about(
    running: Service, binaries: Binaries, clip: Path, tmp_path: Path
) -> None:
    whole, cut = tmp_path / "whole.mkv", tmp_path / "cut.mkv"
    subprocess.run(
        [binaries.ffmpeg, "-v", "error", "-i", clip, "-c", "copy", whole], check=True, timeout=60
    )
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size * 2 // 3])

    job_id = running.submit(
        cut,
        outputs=[
            {**VOLUME, "video": False},
            {"output_filename": "black.null", "container": "null", "audio": False},
        ],
    )
    running.wait_until(job_id, "completed")

    warnings = requests.get(f"{running.url}/jobs/{job_id}", timeout=20).json()["warnings"]
    named = [text.partition(": The input is probably truncated")[0] for text in warnings]
    assert {"volume.null", "black.null"} <= set(named), warnings
