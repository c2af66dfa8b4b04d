"""Inputs that arrive slowly: films large enough to begin early, and uploads sent in pieces."""

import base64
import json
import socket
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests

from ffremote.ffmpeg import Binaries
from tests.support.waiting import wait_for

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {"Content-Type": "application/offset+octet-stream"}
SECONDS = 4


def make_film(binaries: Binaries, path: Path, *options: str, seconds: float = SECONDS) -> Path:
    """Make a film with sound of about a megabyte a second; `options` write it."""
    graph = f"testsrc2=size=320x180:rate=25:duration={seconds},noise=alls=40:allf=t"
    words = [str(binaries.ffmpeg), "-v", "error", "-y", "-f", "lavfi", "-i", graph]
    words += ["-f", "lavfi", "-i", f"sine=frequency=440:duration={seconds}"]
    subprocess.run([*words, *options, str(path)], check=True, timeout=120)
    return path


@dataclass
class SlowUpload:
    """A tus upload with its job in the metadata, sent in pieces when the test says so."""

    api: str
    data: bytes
    job: dict[str, Any]
    metadata: dict[str, str] = field(default_factory=dict)
    sent: int = 0
    job_id: str = field(init=False)
    path: str = field(init=False)

    def __post_init__(self) -> None:
        metadata = {"job": json.dumps({"output_filename": "out.mkv"} | self.job)} | self.metadata
        pairs = (f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in metadata.items())
        headers = {**TUS, "Upload-Length": str(len(self.data)), "Upload-Metadata": ",".join(pairs)}
        response = requests.post(f"{self.api}/uploads", headers=headers, timeout=20)
        assert response.status_code == 201, response.text
        self.path = response.headers["Location"]
        self.job_id = response.json()["job_id"]

    @property
    def url(self) -> str:
        """The address of the upload, also after the server was started anew."""
        return f"{self.api.removesuffix('/api/v1')}{self.path}"

    def cut(self, until: float) -> None:
        """Send the bytes up to a share of the file on a connection that breaks before their end."""
        end = round(until * len(self.data))
        address = urlsplit(self.url)
        with socket.create_connection((address.hostname, address.port)) as connection:
            lines = [f"PATCH {address.path} HTTP/1.1", f"Host: {address.netloc}"]
            headers = {**TUS, **PIECE, "Upload-Offset": str(self.sent)}
            headers["Content-Length"] = str(len(self.data) - self.sent)
            lines += [f"{name}: {value}" for name, value in headers.items()]
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + self.data[self.sent : end])
        self.sent = end
        wait_for(lambda: self.offset() == end)

    def offset(self) -> int:
        """Return how many bytes the server has."""
        response = requests.head(self.url, headers=TUS, timeout=20)
        return int(response.headers["Upload-Offset"])

    def send(self, until: float = 1.0, **headers: str) -> requests.Response:
        """Send the bytes up to a share of the file."""
        end = round(until * len(self.data))
        piece = {**PIECE, "Upload-Offset": str(self.sent)}
        response = requests.patch(
            self.url,
            data=self.data[self.sent : end],
            headers={**TUS, **piece, **headers},
            timeout=60,
        )
        if response.ok:
            self.sent = end
        return response
