"""The inputs of a job that is made from options and a job file."""

from collections.abc import Mapping
from typing import Any

from ..client.transfer.job_inputs import check_inputs
from ..errors import Misused


def job_with_inputs(job: Mapping[str, Any], count: int) -> dict[str, Any]:
    """Return the job with an object in `inputs` for each of `count` files.

    A job with `input`, or with neither, gets `inputs` of which the first is that one. Raises
    Misused if the job has `inputs` of another number.
    """
    if "inputs" not in job:
        if count == 1:
            return dict(job)
        rest = {key: value for key, value in job.items() if key != "input"}
        return {**rest, "inputs": [job.get("input") or {}, *({} for _ in range(count - 1))]}
    try:
        check_inputs(job, count)
    except Misused as exc:
        exc.hint = exc.hint or "-i names the first input of a job, --with FILE each further one"
        raise
    return dict(job)
