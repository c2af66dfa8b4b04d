"""Downloads a job's log."""

from collections.abc import Iterator

from ..errors import Refused
from .http import HttpSession
from .links import BLOCK


def read_log(http: HttpSession, job_id: str, *, start: int) -> Iterator[bytes]:
    """Yield the log as written so far, from byte `start`."""
    headers = {"Range": f"bytes={start}-"} if start else {}
    try:
        response = http.call("GET", f"/jobs/{job_id}/log", headers=headers, stream=True)
    except Refused as exc:
        if exc.status == 416:  # nothing was written since
            return
        raise
    with response:
        yield from response.iter_content(BLOCK)
