"""An output that does not fit on the disk: its job fails, and the next one completes."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.support.service import Service
from tests.support.waiting import wait_for

MB = 1 << 20


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    """A file system of 96 MB."""
    argv = ["mount", "-t", "tmpfs", "-o", "size=96m", "tmpfs", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount the small file system that this fills")
    yield tmp_path
    subprocess.run(["umount", "--lazy", tmp_path], check=True)


@pytest.mark.slow
def test_a_result_larger_than_the_disk_fails_and_the_service_goes_on(
    service: Service, clip: Path, tmp_path: Path
) -> None:
    service.start_server()
    service.start_worker("--concurrency", "1")
    raw = {"codec": "rawvideo", "scale": "1920:1080"}

    large = service.submit(clip, output_filename="a.mkv", video=raw)
    failed = service.wait_until(large, "failed")
    wait_for(lambda: shutil.disk_usage(tmp_path).free > 40 * MB)  # its files are removed
    parts = {"type": "segments", "seconds": 0.1, "container": "mkv"}
    many = service.submit(clip, output_filename="a.zip", video=raw, package=parts)
    half = service.wait_until(many, "failed")
    wait_for(lambda: shutil.disk_usage(tmp_path).free > 40 * MB)  # its files are removed
    small = service.submit(clip)

    assert failed["error"]["details"]["reason"] == "disk_full", failed
    assert half["error"]["details"]["reason"] == "disk_full", half
    assert requests.get(f"{service.url}/jobs/{many}/files", timeout=20).status_code == 422
    service.wait_until(small, "completed")
