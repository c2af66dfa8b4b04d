"""A draining worker finishes its job, stays idle, and claims jobs again after an undrain."""

import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.support.service import Service
from tests.support.waiting import wait_for

SLOW = {"video": {"codec": "libx264", "preset": "veryslow", "scale": "960:540", "fps": 60}}


def worker_row(service: Service) -> dict[str, Any]:
    [row] = requests.get(f"{service.url}/workers", timeout=20).json()["items"]
    found: dict[str, Any] = row
    return found


def flask_worker(service: Service, request: str) -> str:
    done = subprocess.run(
        ["ffremote-worker", request, worker_row(service)["worker_id"]],
        env=service.environ,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def readiness(service: Service) -> str:
    response = requests.get(service.url.replace("/api/v1", "/readyz"), timeout=20).json()
    found: str = response["checks"]["worker"]
    return found


@pytest.mark.slow
def test_a_draining_worker_finishes_its_job_and_leaves_the_next_one_queued(
    service: Service, clip: Path
) -> None:
    service.start_server()
    worker = service.start_worker("--concurrency", "1")
    running = service.submit(clip, **SLOW)
    wait_for(lambda: service.status(running)["state"] == "running")

    output = flask_worker(service, "drain")
    wait_for(lambda: worker_row(service)["state"] == "draining")
    waiting = service.submit(clip)
    service.wait_until(running, "completed")

    assert output == f"{worker_row(service)['worker_id']} is draining\n"
    assert service.status(waiting)["state"] == "queued"
    assert worker.poll() is None
    assert readiness(service).startswith("Every worker is draining")


@pytest.mark.slow
def test_an_undrained_worker_claims_jobs_again(service: Service, clip: Path) -> None:
    service.start_server()
    worker = service.start_worker("--concurrency", "1")
    flask_worker(service, "drain")
    wait_for(lambda: worker_row(service)["state"] == "draining")
    waiting = service.submit(clip)

    flask_worker(service, "undrain")

    service.wait_until(waiting, "completed")
    assert (worker_row(service)["state"], readiness(service)) == ("up", "ok")
    assert worker.poll() is None


@pytest.mark.slow
def test_a_drained_worker_ends_at_a_signal(service: Service) -> None:
    service.start_server()
    worker = service.start_worker("--concurrency", "1")
    flask_worker(service, "drain")
    wait_for(lambda: worker_row(service)["state"] == "draining")

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0
    assert worker_row(service)["state"] == "gone"


@pytest.mark.slow
def test_the_requests_are_served_over_http(service: Service) -> None:
    service.start_server()
    service.start_worker("--concurrency", "1")
    path = f"{service.url}/workers/{worker_row(service)['worker_id']}"

    drained = requests.post(f"{path}/drain", timeout=20)
    undrained = requests.post(f"{path}/undrain", timeout=20)
    nobody = requests.post(f"{service.url}/workers/none/undrain", timeout=20)

    assert (drained.status_code, drained.json()["drain_requested_at"] is None) == (202, False)
    assert (undrained.status_code, undrained.json()["drain_requested_at"]) == (202, None)
    assert (nobody.status_code, nobody.json()["error"]["code"]) == (404, "NOT_FOUND")
