"""The capabilities of the workers decide whether a job is refused, queued, or queued to wait."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from ffremote import ffmpeg
from ffremote.clock import utc_now
from ffremote.config import Settings
from ffremote.ffmpeg import Capabilities, Encoder
from ffremote.files.storage import Storage
from ffremote.jobs import store
from tests.support.builders import register_worker
from tests.support.multipart import file_part, form, job_part

NVENC = Encoder("V", "h264")
HARDWARE = {"codec": "h264", "hardware": "require"}


@pytest.fixture
def found(settings: Settings, storage: Storage) -> Capabilities:
    """Capabilities of the installed FFmpeg, as if every software encoder worked and no other."""
    listed = ffmpeg.read_capabilities(ffmpeg.locate(settings), storage.cache)
    soft = {n: e for n, e in listed.encoders.items() if not n.startswith(("h264_", "hevc_"))}
    return replace(listed, encoders=soft, broken={}, tried=True)


@pytest.fixture
def register(session: Session) -> Callable[..., None]:
    """Stores a worker with `capabilities` whose last heartbeat was some time ago."""

    def add(capabilities: Capabilities, *, ago: timedelta = timedelta(0)) -> None:
        document = json.loads(json.dumps(capabilities.to_json()))
        register_worker(session, heartbeat_at=utc_now() - ago, capabilities=document)

    return add


def submit(client: FlaskClient, **job: Any) -> Any:
    return client.post("/api/v1/jobs", **form(job_part(**job), file_part()))


def test_one_worker_of_several_is_enough(
    client: FlaskClient, session: Session, found: Capabilities, register: Callable[..., None]
) -> None:
    register(replace(found, encoders={k: v for k, v in found.encoders.items() if k != "flac"}))
    register(replace(found, broken={"libx264": "no"}))

    job_id = submit(client, output_filename="a.flac").get_json()["job_id"]

    assert store.find(session, job_id).needs == "flac"


def test_an_encoder_of_no_live_worker_is_refused(
    client: FlaskClient, found: Capabilities, register: Callable[..., None]
) -> None:
    register(replace(found, broken={"libx264": "it does not work here"}))

    response = submit(client, video={"codec": "libx264"})

    assert response.status_code == 400
    assert response.get_json()["error"]["details"]["field"] == "video.codec"


def test_a_job_waits_for_hardware_that_was_available_recently(
    client: FlaskClient, session: Session, found: Capabilities, register: Callable[..., None]
) -> None:
    register(found)
    refused = submit(client, video=HARDWARE)
    nvenc = replace(found, encoders={**found.encoders, "h264_nvenc": NVENC})
    register(nvenc, ago=timedelta(hours=1))

    waiting = submit(client, video=HARDWARE)

    assert refused.status_code == 400
    job = store.find(session, waiting.get_json()["job_id"])
    shown = client.get(f"/api/v1/jobs/{job.id}/status").get_json()
    assert shown["message"] == "Waits for a worker with the encoder h264_nvenc: none is alive."
    assert "h264_nvenc" in job.needs.split()
