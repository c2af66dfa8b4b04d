"""A worker over HTTP, call by call, without FFmpeg."""

import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from ffremote import ffmpeg
from ffremote.api.access.auth import hash_of
from ffremote.db.token import TokenKind
from ffremote.jobs import tokens
from ffremote.ledger import needs

API = "/worker/v1"
CAPABILITIES = ffmpeg.Capabilities(
    version="9.0",
    encoders={},
    decoders={},
    broken={},
    filters=frozenset(),
    muxers=frozenset(),
    demuxers=frozenset(),
    pix_fmts=frozenset(),
    options=frozenset(),
    tried=True,
).to_json()
BEAT = {"phase": "transcoding", "percent": 5}
PLAN = {"command": "ffmpeg -i input", "warnings": [], "info": {"format": "mp4", "streams": []}}
END = {"has_results": True, "info": {"format": "mp4", "bytes": 1, "duration": 2.0}}
FAILED = {"reason": "bad_filter", "message": "No such filter.", "hint": "", "stderr_tail": ["x"]}


def add_token(
    session: Session,
    name: str = "box",
    *,
    kind: TokenKind = TokenKind.WORKER,
    lifetime: timedelta | None = None,
) -> str:
    """Add a token; return its secret."""
    secret = f"secret of {name}"
    tokens.add(session, name=name, kind=kind, hashed=hash_of(secret), lifetime=lifetime)
    return secret


class HttpWorker:
    """A worker with one slot and the latest claim that it got."""

    def __init__(self, client: FlaskClient, secret: str) -> None:
        self.client = client
        self.id = str(uuid.uuid4())
        self.holder = str(uuid.uuid4())
        self.headers = {"Authorization": f"Bearer {secret}"}
        self.claimed: dict[str, Any] = {}

    def facts(self, **changes: Any) -> dict[str, Any]:
        """Return what it registers with."""
        return {
            "version": "0.2.0",
            "host": "box",
            "pid": 7,
            "concurrency": 1,
            "ffmpeg_version": "9.0",
            "sandbox": "limits",
            "capabilities": CAPABILITIES,
        } | changes

    def register(self, **changes: Any) -> TestResponse:
        """Register; the response."""
        url = f"{API}/workers/{self.id}"
        return self.client.put(url, json=self.facts(**changes), headers=self.headers)

    def wish(self, **changes: Any) -> dict[str, Any]:
        """Return a wish for a job that any worker can run."""
        return {
            "token": secrets.token_hex(16),
            "worker_id": self.id,
            "holder": self.holder,
            "able": sorted(needs.ALL),
        } | changes

    def claim(self, **changes: Any) -> TestResponse:
        """Ask for a job and keep the claim, if there is one."""
        response = self.client.post(
            f"{API}/claims", json=self.wish(**changes), headers=self.headers
        )
        if response.status_code == 200:
            self.claimed = response.get_json()
        return response

    @property
    def path(self) -> str:
        """The path of the claim."""
        return f"{API}/jobs/{self.claimed['job_id']}/{self.claimed['token']}"

    def post(self, step: str, body: dict[str, Any]) -> TestResponse:
        """Make a call on the claim."""
        return self.client.post(f"{self.path}/{step}", json=body, headers=self.headers)

    def patch(self, number: int, data: bytes, *, offset: int = 0) -> TestResponse:
        """Send bytes of a result."""
        more = {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        url = f"{self.path}/results/{number}"
        return self.client.patch(url, data=data, headers=self.headers | more)

    def send_log(self, data: bytes, *, offset: int = 0) -> TestResponse:
        """Send a piece of the log."""
        more = {"Upload-Offset": str(offset), "Content-Type": "application/octet-stream"}
        return self.client.post(f"{self.path}/log", data=data, headers=self.headers | more)

    def offset(self, number: int) -> TestResponse:
        """Ask how much of a result has arrived."""
        return self.client.head(f"{self.path}/results/{number}", headers=self.headers)

    def get(self, path: str = "", **headers: str) -> TestResponse:
        """Read something of the claim."""
        return self.client.get(f"{self.path}{path}", headers=self.headers | headers)

    def publish(self, *files: dict[str, Any], is_one: bool = True) -> TestResponse:
        """Publish what was sent."""
        return self.post("results", {"files": list(files), "is_one": is_one})


def sent(data: bytes, name: str = "a.mp4", **changes: Any) -> dict[str, Any]:
    """Describe a result as it was sent."""
    return {
        "name": name,
        "bytes": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "content_type": "video/mp4",
    } | changes
