"""File names: a result's has no invisible characters, an input's is only a label."""

import base64
import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import update
from sqlalchemy.orm import Session

from ffremote import spec
from ffremote.db import database
from ffremote.db.models import Job
from ffremote.ffmpeg import media_type
from ffremote.ffmpeg.policy.tables import table
from ffremote.files.storage import Storage
from tests.support.multipart import BOUNDARY, MEDIA, Part, file_part, form, job_part
from tests.support.tus_requests import UPLOADS
from tests.support.worker_steps import complete

JOBS = "/api/v1/jobs"
INVISIBLE = {
    "bidi override": ("a\u202e4pm.mp4", "U+202E RIGHT-TO-LEFT OVERRIDE"),
    "bidi isolate": ("a\u2066b.mp4", "U+2066 LEFT-TO-RIGHT ISOLATE"),
    "zero width space": ("a\u200bb.mp4", "U+200B ZERO WIDTH SPACE"),
    "zero width joiner": ("a\u200db.mp4", "U+200D ZERO WIDTH JOINER"),
    "byte order mark": ("\ufeffa.mp4", "U+FEFF ZERO WIDTH NO-BREAK SPACE"),
    "C1": ("a\u009b31mb.mp4", "U+009B a control character"),
    "C0": ("a\x1bb.mp4", "U+001B a control character"),
    "line separator": ("a\u2028b.mp4", "U+2028 LINE SEPARATOR"),
    "paragraph separator": ("a\u2029b.mp4", "U+2029 PARAGRAPH SEPARATOR"),
    "soft hyphen": ("a\u00adb.mp4", "U+00AD SOFT HYPHEN"),
    "tag": ("a\U000e0041b.mp4", "U+E0041 TAG LATIN CAPITAL LETTER A"),
    "filler": ("a\u3164b.mp4", "U+3164 HANGUL FILLER"),
}


@pytest.mark.parametrize("kind", INVISIBLE)
def test_a_result_name_has_no_invisible_characters(client: FlaskClient, kind: str) -> None:
    name, said = INVISIBLE[kind]

    response = client.post(f"{JOBS}?dry_run=1", json={"output_filename": name})

    error = response.json["error"]
    assert (response.status_code, error["details"]) == (400, {"field": "output_filename"})
    assert error["message"].endswith(f"a file name cannot contain {said}, which is invisible.")
    assert error["message"].isprintable()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        (" a.mp4", "a file name cannot begin or end with a space"),
        ("a.mp4 ", "a file name cannot begin or end with a space"),
        ("-a.mp4", "a file name cannot begin with '-'"),
        ("a\\b.mp4", "a file name without directories is needed"),
        ("../a.mp4", "a file name without directories is needed"),
    ],
)
def test_a_name_that_is_unsafe_in_a_shell_is_refused(
    client: FlaskClient, name: str, why: str
) -> None:
    response = client.post(f"{JOBS}?dry_run=1", json={"output_filename": name})

    assert response.json["error"]["details"] == {"field": "output_filename"}
    assert why in response.json["error"]["message"]


@pytest.mark.parametrize(
    "name", ["Grüße.mp4", "映画.mp4", "❤️.mp4", "a b.mp4", "فيلم.mp4", "CON.mp4", "a\u00a0b.mp4"]
)
def test_visible_names_in_every_script_are_accepted(client: FlaskClient, name: str) -> None:
    response = client.post(f"{JOBS}?dry_run=1", json={"output_filename": name})

    assert response.status_code == 200, response.json


def test_a_stored_job_with_an_old_name_is_still_read() -> None:
    stored = json.dumps({"output_filename": "a\u202eb.mp4"})

    assert spec.load_job(stored).output_filename == "a\u202eb.mp4"


def labeled(name: bytes) -> dict[str, Any]:
    """Return a form whose file has exactly these bytes as its name."""
    head = b'Content-Disposition: form-data; name="file"; filename="' + name + b'"'
    body = job_part().encode() + b"--" + BOUNDARY.encode() + b"\r\n" + head
    body += b"\r\n\r\n" + MEDIA + f"\r\n--{BOUNDARY}--\r\n".encode()
    return {"data": body, "content_type": f"multipart/form-data; boundary={BOUNDARY}"}


LABELS = {
    b"latin\xe9.mp4": "latin\ufffd.mp4",
    "Grüße.mp4".encode(): "Grüße.mp4",
    b"-dash.mp4": "-dash.mp4",
    b" lead.mp4": "lead.mp4",
    b"dir/film.mp4": "film.mp4",
    "a\u202e\u200b\u009bb.mp4".encode(): "ab.mp4",
    "\u200b".encode(): None,
    b"x" * 300: "x" * 255,
}


@pytest.mark.parametrize("name", LABELS)
def test_any_name_of_an_input_in_a_form_is_a_label(client: FlaskClient, name: bytes) -> None:
    response = client.post(JOBS, **labeled(name))

    assert response.status_code == 202, response.json
    whole = client.get(f"{JOBS}/{response.json['job_id']}").json
    assert whole["input"]["filename"] == LABELS[name]


@pytest.mark.parametrize("name", LABELS)
def test_any_name_of_an_input_in_tus_metadata_is_a_label(client: FlaskClient, name: bytes) -> None:
    value = base64.b64encode(name).decode()
    headers = {"Upload-Length": "10", "Upload-Metadata": f"filename {value}"}

    response = client.post(UPLOADS, headers=headers)

    assert (response.status_code, response.json["filename"]) == (201, LABELS[name])


def test_a_malformed_form_gets_a_plain_message(client: FlaskClient) -> None:
    response = client.post(JOBS, **form(Part("job\xe9", b"{}"), file_part()))
    broken = client.post(
        JOBS, data=b"--x\r\nnonsense\r\n\r\n", content_type="multipart/form-data; boundary=x"
    )

    assert response.json["error"]["message"] == "The form has a part named 'job\xe9'."
    message = broken.json["error"]["message"]
    assert message.startswith("The form cannot be read: ")
    assert not any(sign in message for sign in ("Error", "(", "b'"))


@pytest.mark.parametrize(
    ("name", "container", "kind"),
    [
        ("page.html", "mp4", "video/mp4"),
        ("a.svg", "mkv", "video/x-matroska"),
        ("a.js", "mp3", "audio/mpeg"),
        ("a.MP4", None, "video/mp4"),
        ("a.webm", None, "video/webm"),
        ("a.html", None, "application/octet-stream"),
    ],
)
def test_a_result_has_the_type_of_its_container(
    client: FlaskClient,
    session: Session,
    storage: Storage,
    name: str,
    container: str | None,
    kind: str,
) -> None:
    job_id = client.post(JOBS, **form(job_part(), file_part())).json["job_id"]
    complete(session, storage)
    job = {"output_filename": name} | ({"container": container} if container else {})
    with database.writing(session):
        session.execute(
            update(Job).where(Job.id == job_id).values(output_filename=name, spec=json.dumps(job))
        )

    response = client.get(f"{JOBS}/{job_id}/result")

    assert response.headers["Content-Type"] == kind
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"].startswith("attachment;")


def test_no_container_has_a_type_that_browsers_execute() -> None:
    kinds = {media_type(name, "x") for name in table("containers")}

    assert not kinds & {"text/html", "image/svg+xml", "text/javascript", "application/xhtml+xml"}
