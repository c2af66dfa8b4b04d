"""The inputs of a job that is made from options and a job file."""

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from ..client.transfer.job_inputs import check_inputs
from ..errors import Misused


def job_without_inputs(job: Mapping[str, Any]) -> dict[str, Any]:
    """Return the job with an empty list of inputs; raise Misused if it describes one."""
    if job.get("input") or job.get("inputs"):
        raise Misused("the job has an input, and no file is given", hint="add it with -i")
    return {key: value for key, value in job.items() if key != "input"} | {"inputs": []}


def job_with_inputs(job: Mapping[str, Any], further: Sequence[str | Path]) -> dict[str, Any]:
    """Return the job with an object in `inputs` for its first file, and for each of `further`.

    A job with `input`, or with neither, gets `inputs` of which the first is that one; the roles of
    the others follow from their names. Raises Misused if the job has `inputs` of another number.
    """
    count = 1 + len(further)
    if "inputs" not in job:
        if count == 1:
            return dict(job)
        rest = {key: value for key, value in job.items() if key != "input"}
        return {**rest, "inputs": [job.get("input") or {}, *map(_section, further)]}
    try:
        check_inputs(job, count)
    except Misused as exc:
        exc.hint = exc.hint or "-i names the first input of a job, --with FILE each further one"
        raise
    return dict(job)


def _section(path: str | Path) -> dict[str, Any]:
    role = role_of(path)
    return {"role": role} if role else {}


def role_of(path: str | Path) -> str | None:
    """Return the role of a file by its extension; None for media."""
    return _ROLES.get(PurePath(path).suffix.lower())


_ROLES = {
    **dict.fromkeys((".ass", ".srt", ".ssa", ".vtt"), "subtitle"),
    **dict.fromkeys((".otf", ".ttc", ".ttf"), "font"),
    **dict.fromkeys((".3dl", ".csp", ".cube", ".dat", ".m3d"), "lut"),
}
"""The roles of files by their extensions; all others are media."""
