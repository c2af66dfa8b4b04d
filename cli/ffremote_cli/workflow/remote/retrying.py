"""A further job on the inputs of an earlier one."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...client.client import Client
from ...client.models import FINAL_STATES
from ...client.transfer.job_inputs import is_about_upload
from ...errors import Misused, Refused
from ..history import Entry, History
from ..outputs import job_for, names_files
from ..recording import record_job


def ended_job(client: Client, job_id: str) -> Mapping[str, Any]:
    """Return the whole job; raise Misused if it has not ended."""
    job = client.job(job_id)
    if job["state"] not in FINAL_STATES:
        raise Misused(
            f"job {job_id} is {job['state']}: there is nothing to retry",
            hint=f"`ffremote attach {job_id}` follows it, `ffremote cancel {job_id}` cancels it",
        )
    return job


def refuse_other_preset(earlier: Mapping[str, Any], job: Mapping[str, Any]) -> None:
    """Raise Misused for another preset: the values of the earlier one are in the job as its own."""
    before, after = earlier.get("preset"), job.get("preset")
    if before is not None and after != before:
        raise Misused(
            f"the job has the values of its preset {before!r}, and cannot take those of {after!r}",
            hint="run it again with its files, or change single values",
        )


def job_at(target: Path, job: Mapping[str, Any], output: str | None) -> dict[str, Any]:
    """Return the job with the name of its target if `-o` gives one, and its container."""
    if not names_files(output):
        return dict(job)
    before = Path(str(job.get("output_filename"))).suffix
    kept = dict(job)
    if before.lower() != target.suffix.lower():
        kept.pop("container", None)  # the typed extension names another one
    return job_for(target, kept, is_typed=False)


def resubmit(
    client: Client,
    job_id: str,
    job: Mapping[str, Any],
    *,
    entry: Entry | None,
    target: Path,
    history: History,
) -> str:
    """Queue the job on the inputs of `job_id`; return its id, recorded for `last`."""
    try:
        accepted = client.retry(job_id, job)
    except Refused as exc:
        if is_about_upload(exc) and entry is not None and entry.input:
            exc.hint = f"send it again: `ffremote run -i {entry.input} -o {target}` and its options"
        raise
    inputs = entry.inputs if entry is not None else ()
    record_job(client, history, accepted.job_id, inputs=inputs, target=target)
    return accepted.job_id
