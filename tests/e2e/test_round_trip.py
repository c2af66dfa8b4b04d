"""A round trip with real programs: from the submission to the verified result."""

import hashlib
import os
import signal
import statistics
from pathlib import Path
from typing import Any

import pytest
import requests
from sqlalchemy import select

from ffremote.db import database
from ffremote.db.models import Job
from ffremote.ffmpeg import Binaries
from ffremote.ffmpeg.binaries import version_of
from ffremote.host import processes
from tests.support.service import Service, children_of
from tests.support.waiting import wait_for

SLOW = {"video": {"codec": "libx264", "preset": "veryslow", "scale": "1920:1080", "fps": 120}}
LONG_LEASE = {"FFREMOTE_LEASE_SECONDS": "900"}  # no job is rescued for missing heartbeats


def whole(service: Service, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{service.url}/jobs/{job_id}", timeout=20).json()
    return found


def running_ffmpeg(service: Service, job_id: str) -> int:
    """Wait until the job's FFmpeg runs; return its PID."""
    engine = database.open_engine(f"sqlite:///{service.environ['FFREMOTE_DATA_DIR']}/ffremote.db")

    def pid() -> int | None:
        with database.session_maker(engine)() as session, database.reading(session):
            phase, found = session.execute(select(Job.phase, Job.pid).where(Job.id == job_id)).one()
        return found if phase == "transcoding" else None

    found: int = wait_for(pid)
    engine.dispose()
    return found


def is_gone(pid: int) -> bool:
    return processes.started_at(pid) is None


def test_a_submitted_file_becomes_a_verified_result(
    running: Service, clip: Path, binaries: Binaries
) -> None:
    job_id = running.submit(clip, video={"codec": "libx264", "crf": 30, "scale": "160:-2"})
    done = running.wait_until(job_id, "completed")
    result = requests.get(f"{running.url}/jobs/{job_id}/result", timeout=20)

    job = whole(running, job_id)
    assert done["progress_percent"] == 100
    assert hashlib.sha256(result.content).hexdigest() == job["result"]["sha256"]
    assert len(result.content) == job["result"]["bytes"]
    assert job["result"]["streams"][0]["width"] == 160
    assert job["command"].startswith("ffmpeg ")
    log = requests.get(f"{running.url}/jobs/{job_id}/log", timeout=20).text
    assert log.startswith(job["command"])
    (worker,) = requests.get(f"{running.url}/workers", timeout=20).json()["items"]
    capabilities = requests.get(f"{running.url}/capabilities", timeout=20).json()
    versions = {"ffmpeg": version_of(binaries.ffmpeg), "ffprobe": version_of(binaries.ffprobe)}
    for output in (worker, capabilities):
        assert {name: output[f"{name}_version"] for name in versions} == versions
    assert f"\nFFmpeg {versions['ffmpeg']}, ffprobe {versions['ffprobe']}\n" in log


def test_a_job_starts_as_soon_as_it_is_queued(running: Service, clip: Path) -> None:
    running.wait_until(running.submit(clip), "completed")  # so that the slots are up

    waited = []
    for _ in range(5):
        job_id = running.submit(clip)
        running.wait_until(job_id, "completed")
        waited.append(whole(running, job_id)["timings"]["queued_seconds"])

    assert statistics.median(waited) < 0.2, waited  # without a notification it is 0.5


def test_cancel_ends_ffmpeg(running: Service, clip: Path) -> None:
    job_id = running.submit(clip, **SLOW)
    pid = running_ffmpeg(running, job_id)

    response = requests.delete(f"{running.url}/jobs/{job_id}", timeout=20)

    assert (response.status_code, response.json()["state"]) == (202, "canceled")
    wait_for(lambda: is_gone(pid))
    assert running.status(job_id)["state"] == "canceled"
    directory = Path(running.environ["FFREMOTE_DATA_DIR"]) / "jobs" / job_id
    wait_for(lambda: not [p for p in directory.iterdir() if p.is_dir()])


def test_a_killed_worker_leaves_no_ffmpeg_and_its_job_runs_again(
    service: Service, clip: Path
) -> None:
    service.start_server()
    victim = service.start_worker("--concurrency", "1", **LONG_LEASE)
    job_id = service.submit(clip, **SLOW)
    pid = running_ffmpeg(service, job_id)
    service.start_worker("--concurrency", "1", **LONG_LEASE)

    victim.kill()
    victim.wait()

    wait_for(lambda: is_gone(pid))
    wait_for(lambda: (s := service.status(job_id))["attempt"] == 2 and s["state"] == "running")
    requests.delete(f"{service.url}/jobs/{job_id}", timeout=20)


@pytest.mark.slow
def test_a_killed_slot_is_replaced_and_its_job_runs_again(service: Service, clip: Path) -> None:
    service.start_server()
    worker = service.start_worker("--concurrency", "1")
    job_id = service.submit(clip, **SLOW)
    pid = running_ffmpeg(service, job_id)
    [slot] = children_of(worker.pid)

    os.kill(slot, signal.SIGKILL)

    wait_for(lambda: is_gone(pid))
    wait_for(lambda: service.status(job_id)["attempt"] == 2)
    requests.delete(f"{service.url}/jobs/{job_id}", timeout=20)


@pytest.mark.slow
def test_jobs_survive_the_restart_of_everything(service: Service, clip: Path) -> None:
    server = service.start_server()
    worker = service.start_worker("--concurrency", "1")
    running = service.submit(clip, **SLOW)
    waiting = service.submit(clip)
    running_ffmpeg(service, running)

    for child in (server, worker):
        child.kill()
        child.wait()
    service.start_server()
    service.start_worker("--concurrency", "2")

    service.wait_until(waiting, "completed")
    wait_for(lambda: service.status(running)["attempt"] == 2)
    requests.delete(f"{service.url}/jobs/{running}", timeout=20)


@pytest.mark.slow
def test_sigterm_drains_and_a_second_one_releases_the_job(service: Service, clip: Path) -> None:
    service.start_server()
    worker = service.start_worker("--concurrency", "1")
    job_id = service.submit(clip, **SLOW)
    pid = running_ffmpeg(service, job_id)

    worker.send_signal(signal.SIGTERM)
    wait_for(lambda: "draining" in service.text())
    still_at_it = service.status(job_id)["state"]
    worker.send_signal(signal.SIGTERM)

    assert worker.wait(20) == 0
    assert is_gone(pid)
    given_back = service.status(job_id)
    assert (still_at_it, given_back["state"], given_back["attempt"]) == ("running", "queued", 0)


@pytest.mark.slow
def test_sigquit_releases_the_job_at_once(service: Service, clip: Path) -> None:
    service.start_server()
    worker = service.start_worker("--concurrency", "1")
    job_id = service.submit(clip, **SLOW)
    pid = running_ffmpeg(service, job_id)

    worker.send_signal(signal.SIGQUIT)

    assert worker.wait(20) == 0
    assert is_gone(pid)
    given_back = service.status(job_id)
    assert (given_back["state"], given_back["attempt"]) == ("queued", 0)


@pytest.mark.slow
def test_a_slot_that_gets_its_signals_late_releases_its_job_too(
    service: Service, clip: Path
) -> None:
    """Equal pending signals are merged into one: the slot must not count two as one."""
    service.start_server()
    worker = service.start_worker("--concurrency", "1")
    job_id = service.submit(clip, **SLOW)
    running_ffmpeg(service, job_id)
    [slot] = children_of(worker.pid)

    os.kill(slot, signal.SIGSTOP)
    worker.send_signal(signal.SIGQUIT)
    wait_for(lambda: "stopping now" in service.text())
    os.kill(slot, signal.SIGCONT)

    assert worker.wait(20) == 0
    given_back = service.status(job_id)
    assert (given_back["state"], given_back["attempt"]) == ("queued", 0)
    assert whole(service, job_id)["losses"] == 0


@pytest.mark.slow
def test_once_works_until_the_queue_is_empty(service: Service, clip: Path) -> None:
    service.start_server()
    jobs = [service.submit(clip) for _ in range(3)]

    worker = service.start_worker("--once")

    assert worker.wait(60) == 0
    assert {service.status(job)["state"] for job in jobs} == {"completed"}
