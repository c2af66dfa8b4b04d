"""Adds to errors what the user needs: the command that continues a job, the file of an input."""

import re
from collections.abc import Sequence
from pathlib import Path

from ..errors import ClientError, JobFailed, Misdirected, Refused, Unreachable

_INPUT = re.compile(r"\binputs\[(\d+)\](?:\.[a-z_]+)*")


def add_attach_hint(error: ClientError, job_id: str | None) -> None:
    """Add the `attach` command to the error: the job itself continues on the server."""
    if job_id is None:
        return
    if isinstance(error, Misdirected):
        error.hint = f"{error.hint}; then `ffremote attach {job_id}` continues the job"
    elif isinstance(error, Unreachable):
        error.hint = f"`ffremote attach {job_id}` continues once it is back"
    elif error.hint is None:
        error.hint = f"`ffremote attach {job_id} -o PATH` saves the result elsewhere"


def name_inputs(error: Refused | JobFailed, paths: Sequence[Path]) -> None:
    """Add to the message the path of each input that it calls `inputs[1]`."""

    def named(found: re.Match[str]) -> str:
        number = int(found[1])
        return f"{found[0]} ({paths[number]})" if number < len(paths) else found[0]

    if len(paths) > 1:
        error.in_options = _INPUT.sub(named, error.in_options or error.message)
