"""The inputs in a job's JSON: their number, and the uploads that they name."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import Misused, Refused
from ..excerpt.parts import Excerpt
from ..sequence.notation import pattern_at

_GONE = ("UPLOAD_NOT_FOUND", "UPLOAD_CONFLICT", "RESULT_EXPIRED")


def check_inputs(job: Mapping[str, Any], count: int) -> None:
    """Raise Misused unless the job has as many inputs as there are files."""
    if "inputs" not in job:
        if count != 1:
            raise Misused(
                f"the job has one input, {_given(count)}",
                hint="`inputs` has an object for each file, in the same order",
            )
        return
    inputs = job["inputs"]
    if not isinstance(inputs, Sequence) or isinstance(inputs, str):
        raise Misused("`inputs` of the job is not a list")
    if len(inputs) != count:
        raise Misused(f"the job has {_counted(len(inputs), 'input')} in `inputs`, {_given(count)}")
    for position, each in enumerate(inputs):
        if not isinstance(each, Mapping):
            raise Misused(f"`inputs[{position}]` of the job is not an object")
        if "upload_id" in each:
            raise Misused(
                f"`inputs[{position}]` of the job names an upload, and a file is given for it",
                hint="leave out its upload_id",
            )


def with_uploads(job: Mapping[str, Any], upload_ids: Sequence[str]) -> dict[str, Any]:
    """Return the job with the id of an upload, which is a whole file, in each of its inputs."""
    if "inputs" not in job:
        [upload_id] = upload_ids
        return {**job, "input": {**_whole(job.get("input") or {}), "upload_id": upload_id}}
    named = [
        {**_whole(each), "upload_id": upload_id}
        for each, upload_id in zip(job["inputs"], upload_ids, strict=True)
    ]
    return {**job, "inputs": named}


def excerpts_of(job: Mapping[str, Any]) -> dict[int, Excerpt]:
    """Return the parts of files that are sent, by the numbers of the job's inputs."""
    sections = job.get("inputs") or [job.get("input") or {}]
    found = {n: each["excerpt"] for n, each in enumerate(sections) if "excerpt" in each}
    return {
        number: Excerpt(each["size"], tuple((part[0], part[1]) for part in each["parts"]))
        for number, each in found.items()
    }


def _whole(section: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in section.items() if key != "excerpt"}


def with_sequences(job: Mapping[str, Any], paths: Sequence[Path]) -> Mapping[str, Any]:
    """Return the job with the role `sequence` for the paths that are patterns of pictures.

    The job has as many inputs as there are paths. Raises Misused if it gives one another role.
    """
    sections = list(job.get("inputs", [job.get("input") or {}]))
    numbers = [number for number, path in enumerate(paths) if pattern_at(path) is not None]
    if not numbers:
        return job
    for number in numbers:
        sections[number] = _as_sequence(sections[number], paths[number])
    return {**job, "inputs": sections} if "inputs" in job else {**job, "input": sections[0]}


def _as_sequence(section: Mapping[str, Any], path: Path) -> dict[str, Any]:
    role = section.get("role", "sequence")
    if role != "sequence":
        raise Misused(
            f"{path} is a pattern of pictures, and the job gives this input the role {role}",
            hint="leave out the role, or name a file that exists",
        )
    return {**section, "role": role}


def roles_of(job: Mapping[str, Any], order: Sequence[int]) -> dict[int, str]:
    """Return the role of each file; `order` has the file of each input of the job."""
    roles: dict[int, str] = {}
    for file, each in zip(order, job.get("inputs", ()), strict=False):
        roles.setdefault(file, str(each.get("role", "media")))
    return roles


def is_about_upload(error: Refused) -> bool:
    """Whether a job is refused because the server no longer has the bytes of an input."""
    return error.code in _GONE or str(error.details.get("field", "")).endswith("upload_id")


def _given(count: int) -> str:
    if count == 0:
        return "and no file is given"
    return f"and {_counted(count, 'file')} {'is' if count == 1 else 'are'} given"


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
