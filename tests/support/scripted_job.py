"""A job on the scripted server: its id, its result, and the replies of one that completes."""

import base64
import hashlib
import json
import re

from tests.support.scripted_server import Reply, Request, Script, json_reply

JOB = "0b5f2c1e-6d1c-4a0e-9d57-1f2d3c4b5a69"
RESULT = b"the result" * 1000


def digest_of(result: bytes) -> str:
    """Return the value of `Repr-Digest` for a result."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(result).digest()).decode()}:"


def result_reply(result: bytes = RESULT) -> Reply:
    """Return the reply to a download."""
    headers = {"ETag": '"1"', "Repr-Digest": digest_of(result), "Content-Type": "video/mp4"}
    return Reply(200, result, headers)


def script_completed_job(script: Script) -> None:
    """Script a job that is queued, runs and completes with `RESULT`."""
    script.on("POST /jobs", json_reply(202, job_id=JOB, state="queued", progress_percent=0))
    script.on(
        f"GET /jobs/{JOB}/status",
        json_reply(job_id=JOB, state="queued", queue_position=2),
        json_reply(job_id=JOB, state="running", progress_percent=40, phase="transcoding"),
        json_reply(job_id=JOB, state="completed", progress_percent=100),
    )
    script.on(f"GET /jobs/{JOB}", json_reply(job_id=JOB, state="completed", command="ffmpeg"))
    script.on(f"GET /jobs/{JOB}/result", result_reply())


def submitted_job(request: Request) -> object:
    """Return the job JSON in the form of a `POST /jobs`."""
    found = re.search(rb"application/json\r\n\r\n(.*?)\r\n--", request.body, re.DOTALL)
    assert found
    return json.loads(found[1])
