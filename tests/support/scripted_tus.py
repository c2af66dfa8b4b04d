"""A tus server by script: it stores one upload's chunks and can lose the end of one."""

import re
from pathlib import Path

import pytest

from ffremote_cli import Client, Unreachable
from ffremote_cli.client.transfer.upload import RESUMABLE_FROM
from tests.support.scripted_job import JOB
from tests.support.scripted_server import Reply, Request, Script, error_reply, json_reply

SIZE = RESUMABLE_FROM + 1000
"""The size of the upload in bytes: just large enough to be sent resumably."""


class TusServer:
    """The replies of a correct tus server; `lose` bytes of the next chunk do not arrive."""

    def __init__(self, script: Script) -> None:
        self.bytes = bytearray()
        self.lose = 0
        self.other_size: int | None = None
        """A size that an upload may have instead of SIZE."""
        self.errors: list[Reply] = []
        """The replies to chunks that lost bytes, in order."""
        script.on(
            "OPTIONS /uploads",
            Reply(204, b"", {"Tus-Extension": "creation,termination", "Tus-Max-Size": "99999999"}),
        )
        script.on("POST /uploads", self.create)
        script.on("GET /uploads/u", self.status)
        script.on("PATCH /uploads/u", self.append)
        script.on("DELETE /uploads/u", Reply(204))
        script.on(f"DELETE /jobs/{JOB}", json_reply(202, job_id=JOB, state="canceled"))
        script.on(
            f"GET /jobs/{JOB}/status", json_reply(job_id=JOB, state="queued", phase="uploading")
        )

    def create(self, request: Request) -> Reply:
        assert int(request.headers["Upload-Length"]) in (SIZE, self.other_size)
        assert re.search(r"job \S+", request.headers["Upload-Metadata"])
        return json_reply(201, {"Location": "/api/v1/uploads/u"}, job_id=JOB)

    def status(self, _: Request) -> Reply:
        return Reply(200, b"", {"Upload-Offset": str(len(self.bytes))})

    def append(self, request: Request) -> Reply:
        if int(request.headers["Upload-Offset"]) != len(self.bytes):
            return error_reply(409, "UPLOAD_CONFLICT", "The upload is elsewhere.")
        self.bytes += request.body[: len(request.body) - self.lose]
        lost, self.lose = self.lose, 0
        return self.errors.pop(0) if self.errors and lost else Reply(204)

    def lose_connection(self, *, reply: Reply) -> None:
        """Lose 5000 bytes of the next chunk and answer it with an error."""
        self.lose = 5000
        self.errors = [reply]


def client_for(script: Script, folder: Path, **options: object) -> Client:
    """Return a client of the scripted server that keeps its state in `folder`."""
    return Client(script.url, state_folder=folder, **options)


def interrupt_upload(script: Script, tus: TusServer, large: Path, folder: Path) -> None:
    """Leave in `folder` the state of a client whose server did not come back in time."""
    tus.lose_connection(reply=Reply(502))
    with (
        client_for(script, folder, patience_seconds=0.1) as client,
        pytest.raises(Unreachable),
    ):
        client.submit(large, {"output_filename": "o.mp4"})
