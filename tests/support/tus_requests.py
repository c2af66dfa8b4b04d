"""tus requests with the test client of Flask, one function each."""

import base64
import hashlib
from typing import Any

from flask.testing import FlaskClient

from tests.support.multipart import MEDIA

UPLOADS = "/api/v1/uploads"
TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
SHA = hashlib.sha256(MEDIA).hexdigest()


def metadata(**values: str) -> str:
    pairs = (f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in values.items())
    return ",".join(pairs)


def create(client: FlaskClient, size: int = len(MEDIA), **values: str) -> Any:
    headers = {**TUS, "Upload-Length": str(size)}
    if values:
        headers["Upload-Metadata"] = metadata(**values)
    return client.post(UPLOADS, headers=headers)


def begin(client: FlaskClient, **values: str) -> str:
    response = create(client, **values)
    assert response.status_code == 201, response.json
    return str(response.headers["Location"])


def patch(client: FlaskClient, url: str, offset: int, data: bytes, **headers: str) -> Any:
    return client.patch(url, data=data, headers={**PIECE, "Upload-Offset": str(offset), **headers})


def offset_of(client: FlaskClient, url: str) -> int:
    return int(client.head(url, headers=TUS).headers["Upload-Offset"])


def error_of(response: Any) -> tuple[int, str, str | None]:
    error = response.json["error"]
    return response.status_code, error["code"], error["details"].get("field")
