"""Jobs through the API, with the test client of Flask."""

from typing import Any

from flask.testing import FlaskClient

from tests.support.multipart import file_part, form, job_part

JOBS = "/api/v1/jobs"


def submit(client: FlaskClient, **job: Any) -> str:
    """Submit a small file as a job; return the job's id."""
    response = client.post(JOBS, **form(job_part(**job), file_part()))
    return str(response.json["job_id"])


def error_code(response: Any) -> tuple[int, str]:
    """Return the status of an error response and the code of its document."""
    return response.status_code, response.json["error"]["code"]
