"""A tus server by script for jobs with several inputs: it stores the bytes of every upload."""

import base64
import json
import re
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ffremote_cli.client.transfer.upload import RESUMABLE_FROM
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Reply, Request, Script, error_reply, json_reply

EXTENSIONS = {"Tus-Extension": "creation,termination", "Tus-Max-Size": "99999999"}


class UploadServer:
    """The replies of a correct server, whose uploads are called u0, u1 and so on."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._lock = threading.Lock()
        self.names: list[str] = []
        """The file names of the uploads."""
        self.roles: list[str] = []
        """Their roles in the metadata; empty for media."""
        self.bytes: dict[str, bytearray] = {}
        self.loses: dict[str, Reply] = {}
        """Uploads that lose the last 5000 bytes of their next chunk, with the reply to it."""
        script.on("OPTIONS /uploads", Reply(204, b"", EXTENSIONS))
        script.on("POST /uploads", self.create)
        script.on("POST /jobs", json_reply(202, job_id=JOB, state="queued"))
        script.on(f"DELETE /jobs/{JOB}", json_reply(202, job_id=JOB, state="canceled"))
        script.on(f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="queued"))

    def create(self, request: Request) -> Reply:
        """Create an upload without a job."""
        found = re.fullmatch(
            r"filename ([^ ,]+)(?:,role ([^ ,]+))?", request.headers["Upload-Metadata"]
        )
        assert found
        with self._lock:
            upload_id = f"u{len(self.names)}"
            self.names.append(base64.b64decode(found[1]).decode())
            self.roles.append(base64.b64decode(found[2] or "").decode())
            self.bytes[upload_id] = bytearray()
        call = f"/uploads/{upload_id}"
        self._script.on(f"GET {call}", lambda _: self._offset(upload_id))
        self._script.on(f"PATCH {call}", lambda sent: self.append(upload_id, sent))
        self._script.on(f"DELETE {call}", Reply(204))
        return json_reply(201, {"Location": f"/api/v1{call}"}, upload_id=upload_id)

    def _offset(self, upload_id: str) -> Reply:
        return Reply(200, b"", {"Upload-Offset": str(len(self.bytes[upload_id]))})

    def append(self, upload_id: str, request: Request) -> Reply:
        """Store a chunk, or a part of it if the upload loses bytes."""
        stored = self.bytes[upload_id]
        if int(request.headers["Upload-Offset"]) != len(stored):
            return error_reply(409, "UPLOAD_CONFLICT", "The upload is elsewhere.")
        lost = self.loses.pop(upload_id, None)
        stored += request.body[: -5000 if lost else None]
        return lost or Reply(204)

    def contents(self) -> dict[str, bytes]:
        """Return the bytes of each upload by the name of its file."""
        return {
            name: bytes(stored)
            for name, stored in zip(self.names, self.bytes.values(), strict=True)
        }

    def submitted(self) -> list[dict[str, Any]]:
        """Return the bodies of the requests that create a job on uploads."""
        return [
            json.loads(request.body)
            for request in self._script.requests
            if (request.method, request.path) == ("POST", "/api/v1/jobs")
        ]


def large_files(folder: Path, *names: str) -> tuple[Path, ...]:
    """Write files with different contents, together just large enough to be sent by tus."""
    size = RESUMABLE_FROM // len(names) + 1000
    for number, name in enumerate(names):
        (folder / name).write_bytes(bytes([number]) * size)
    return tuple(folder / name for name in names)


def contents_of(paths: Sequence[Path]) -> dict[str, bytes]:
    """Return the bytes of each file by its name."""
    return {path.name: path.read_bytes() for path in paths}
