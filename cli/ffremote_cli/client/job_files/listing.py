"""Reads the list of a job's files, page by page."""

from ...errors import Unreachable
from ..http import HttpSession
from ..models import JobFile

MOST_FILES = 20_000


def list_files(http: HttpSession, job_id: str) -> tuple[JobFile, ...]:
    """Return the files of a completed job in their order; raise Refused before it has completed.

    Raise Unreachable when the list cannot be read, or is longer than that of any job.
    """
    files: list[JobFile] = []
    cursor: str | None = None
    while True:
        query = {} if cursor is None else {"cursor": cursor}
        body = http.json("GET", f"/jobs/{job_id}/files", params=query)
        try:
            page = [JobFile.from_json(item) for item in body["items"]]
            cursor = body.get("next_cursor")
        except (KeyError, TypeError, ValueError) as exc:
            raise Unreachable(f"the list of the files of job {job_id} cannot be read") from exc
        files += page
        if len(files) > MOST_FILES or (cursor is not None and not page):
            raise Unreachable(f"the list of the files of job {job_id} does not end")
        if cursor is None:
            return tuple(files)
