"""Jobs that begin while their input arrives."""

import hashlib
import io
import json
import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
import requests

from ffremote.ffmpeg import Binaries
from ffremote_cli import Client
from ffremote_cli.client.index_first.reordered import Reordered
from tests.support.arriving import TUS, SlowUpload, make_film
from tests.support.service import BIN, Service
from tests.support.waiting import wait_for

JOB: dict[str, Any] = {"video": {"codec": "libx264", "preset": "ultrafast", "crf": 30}}


@pytest.fixture(scope="session")
def film(binaries: Binaries, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("films") / "film.mkv"
    return make_film(binaries, path, "-c:v", "mjpeg", "-q:v", "2", "-c:a", "pcm_s16le").read_bytes()


def whole(service: Service, job_id: str) -> dict[str, Any]:
    found: dict[str, Any] = requests.get(f"{service.url}/jobs/{job_id}", timeout=20).json()
    return found


def test_a_job_begins_before_its_input_is_complete(running: Service, film: bytes) -> None:
    upload = SlowUpload(running.url, film, JOB)

    upload.send(0.6)
    status = wait_for(lambda: (s := running.status(upload.job_id))["frame"] and s)
    assert (status["state"], status["phase"]) == ("running", "uploading+transcoding")
    assert status["queue_position"] is None
    assert status["upload"]["percent"] == 59
    assert upload.send().status_code == 204
    running.wait_until(upload.job_id, "completed")

    job = whole(running, upload.job_id)
    assert (job["attempt"], job["progress_percent"]) == (1, 100)
    assert job["input"]["overlapped"] is True
    assert "-i pipe:0" in job["command"]
    assert job["result"]["duration"] == pytest.approx(4, abs=0.2)


def streaming(service: Service, upload: SlowUpload, share: float = 0.5) -> dict[str, Any]:
    """Send a part of the upload; return the job's status when FFmpeg has encoded some of it."""
    assert upload.send(share).status_code == 204
    found: dict[str, Any] = wait_for(lambda: (s := service.status(upload.job_id))["frame"] and s)
    assert found["phase"] == "uploading+transcoding"
    return found


def test_an_input_that_cannot_be_streamed_is_converted_from_the_whole_file(
    running: Service, binaries: Binaries, tmp_path: Path
) -> None:
    """FFmpeg ends at the first error while it streams; of a whole file it leaves out the frame."""
    options = ("-c:v", "libx264", "-preset", "ultrafast", "-movflags", "+faststart")
    film = make_film(binaries, tmp_path / "film.mp4", *options).read_bytes()
    place = len(film) * 3 // 4
    upload = SlowUpload(running.url, film[:place] + bytes(3000) + film[place + 3000 :], JOB)
    streaming(running, upload)

    upload.send()
    running.wait_until(upload.job_id, "completed")

    job = whole(running, upload.job_id)
    assert (job["attempt"], job["losses"]) == (1, 0)
    assert "-i file:input" in job["command"]
    assert "overlapped" not in job["input"]


def test_a_removed_upload_abandons_the_job(running: Service, film: bytes) -> None:
    upload = SlowUpload(running.url, film, JOB)
    streaming(running, upload)

    requests.delete(upload.url, headers=TUS, timeout=20)

    failed = running.wait_until(upload.job_id, "failed")
    assert failed["error"]["details"]["reason"] == "upload_abandoned"
    directory = running.storage.job_dir(upload.job_id)
    wait_for(lambda: not [path for path in directory.iterdir() if path.is_dir()])


def test_an_upload_with_another_sha256_never_completes(running: Service, film: bytes) -> None:
    upload = SlowUpload(running.url, film, JOB, metadata={"sha256": "ab" * 32})
    streaming(running, upload)

    assert upload.send().status_code == 460

    failed = running.wait_until(upload.job_id, "failed")
    assert failed["error"]["details"]["reason"] == "upload_abandoned"


def test_a_cancel_ends_both(running: Service, film: bytes) -> None:
    upload = SlowUpload(running.url, film, JOB)
    streaming(running, upload)

    response = requests.delete(f"{running.url}/jobs/{upload.job_id}", timeout=20)

    assert response.json()["state"] == "canceled"
    assert requests.head(upload.url, headers=TUS, timeout=20).status_code == 404
    directory = running.storage.job_dir(upload.job_id)
    wait_for(lambda: not [path for path in directory.iterdir() if path.is_dir()])


@pytest.mark.slow
def test_a_starving_job_gives_its_slot_to_one_that_is_whole(
    running: Service, film: bytes, clip: Path
) -> None:
    upload = SlowUpload(running.url, film, JOB)
    before = streaming(running, upload)

    other = running.submit(clip)
    running.wait_until(other, "completed")

    again = wait_for(
        lambda: (s := running.status(upload.job_id))["state"] == "running" and s["frame"] and s
    )
    assert again["attempt"] == 1
    assert again["progress_percent"] >= before["progress_percent"]
    upload.send()
    running.wait_until(upload.job_id, "completed")
    assert whole(running, upload.job_id)["losses"] == 0


@pytest.mark.slow
def test_an_upload_that_is_cut_often_gives_the_same_frames(
    running: Service, film: bytes, binaries: Binaries, tmp_path: Path
) -> None:
    job = {"output_filename": "frames.txt", "container": "framemd5"}
    (tmp_path / "film.mkv").write_bytes(film)
    upload = SlowUpload(running.url, film, job)
    streaming(running, upload, 0.2)

    for cut in range(21, 70):
        upload.cut(cut / 100)
    upload.send()
    running.wait_until(upload.job_id, "completed")
    ordinary = running.submit(tmp_path / "film.mkv", **job)
    running.wait_until(ordinary, "completed")

    assert whole(running, upload.job_id)["input"]["overlapped"]
    results = [
        requests.get(f"{running.url}/jobs/{each}/result", timeout=20).content
        for each in (upload.job_id, ordinary)
    ]
    assert results[0] == results[1]


@pytest.mark.slow
@pytest.mark.parametrize("victim", ["worker", "server"])
def test_a_kill_in_the_middle_costs_no_byte(service: Service, film: bytes, victim: str) -> None:
    children = {"server": service.start_server(), "worker": service.start_worker()}
    upload = SlowUpload(service.url, film, JOB)
    streaming(service, upload)

    children[victim].kill()
    children[victim].wait()
    (service.start_server if victim == "server" else service.start_worker)()
    upload.api = service.url

    attempt = 2 if victim == "worker" else 1
    wait_for(lambda: (s := service.status(upload.job_id))["attempt"] == attempt and s["frame"])
    upload.send()
    service.wait_until(upload.job_id, "completed")
    job = whole(service, upload.job_id)
    assert job["input"]["overlapped"]
    assert job["losses"] == (victim == "worker")


@pytest.mark.slow
def test_a_worker_that_drains_gives_back_a_job_whose_input_stalls(
    service: Service, film: bytes
) -> None:
    service.start_server()
    worker = service.start_worker()
    upload = SlowUpload(service.url, film, JOB)
    streaming(service, upload)

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(30) == 0
    status = service.status(upload.job_id)
    assert (status["state"], status["phase"], status["attempt"]) == ("queued", "uploading", 0)


@pytest.mark.slow
def test_a_client_that_is_killed_resumes_an_upload_that_a_job_reads(
    running: Service, binaries: Binaries, tmp_path: Path
) -> None:
    options = ("-c:v", "rawvideo", "-pix_fmt", "yuyv422", "-c:a", "pcm_s16le")
    path = make_film(binaries, tmp_path / "film.mov", *options, seconds=7)
    target = tmp_path / "out.mkv"
    words = ["run", "-i", str(path), "-o", str(target), "--video-codec", "libx264"]
    words += ["--video-preset", "ultrafast", "--json"]
    home = {name: str(tmp_path / name) for name in ("HOME", "XDG_STATE_HOME")}
    environ = {**os.environ, **home, "FFREMOTE_SERVER": running.url.removesuffix("/api/v1")}
    argv = [str(BIN / "ffremote"), *words]
    first = subprocess.Popen([*argv, "--bwlimit", "4M"], env=environ, stdout=subprocess.PIPE)
    job_id = wait_for(lambda: newest_streaming(running))

    first.kill()
    first.communicate()
    done = subprocess.run(argv, env=environ, capture_output=True, timeout=60, check=True)

    job = json.loads(done.stdout)
    assert job["job_id"] == job_id
    assert (job["attempt"], job["losses"]) == (1, 0)
    assert (job["input"]["overlapped"], job["input"]["layout"]) == (True, "reordered")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert job["input"]["original_sha256"] == digest
    assert hashlib.sha256(target.read_bytes()).hexdigest() == job["result"]["sha256"]


def newest_streaming(service: Service) -> str | None:
    """Return the id of the newest job if it encodes while its input arrives."""
    jobs = requests.get(f"{service.url}/jobs?limit=1", timeout=20).json()["items"]
    status = service.status(jobs[0]["job_id"]) if jobs else {}
    is_streaming = status.get("phase") == "uploading+transcoding" and status["frame"]
    return str(status["job_id"]) if is_streaming else None


@pytest.mark.slow
def test_the_client_sends_an_index_that_is_last_first(
    running: Service, binaries: Binaries, tmp_path: Path
) -> None:
    options = ("-c:v", "rawvideo", "-pix_fmt", "yuyv422", "-c:a", "pcm_s16le")
    path = make_film(binaries, tmp_path / "film.mov", *options, seconds=7)
    phases = set()

    with Client(running.url, bytes_per_second=6e6, state_folder=tmp_path / "state") as client:
        accepted: list[str] = []

        def on_bytes(sent: int, total: int | None) -> None:
            if accepted and sent > (total or 0) // 2 and len(phases) < 2:
                phases.add(running.status(accepted[0])["phase"])

        job = {"output_filename": "out.mkv", **JOB}
        client.submit(path, job, on_accepted=accepted.append, on_bytes=on_bytes)
        client.wait(accepted[0])
        found = client.job(accepted[0])["input"]

    content = path.read_bytes()
    assert "uploading+transcoding" in phases
    assert (found["overlapped"], found["layout"]) == (True, "reordered")
    assert found["original_sha256"] == hashlib.sha256(content).hexdigest() != found["sha256"]
    reordered = Reordered(io.BytesIO(content), len(content))
    sent = b"".join(iter(lambda: reordered.read(1 << 20), b""))
    assert found["sha256"] == hashlib.sha256(sent).hexdigest()
