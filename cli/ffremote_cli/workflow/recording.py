"""Records an accepted job on this machine, for `last` and `attach`."""

from collections.abc import Sequence
from pathlib import Path

from ..client.client import Client
from .history import History


def record_job(
    client: Client,
    history: History,
    job_id: str,
    *,
    inputs: Sequence[Path],
    target: Path | None,
) -> None:
    """Add the job to the history; an error is a warning, because the job is accepted."""
    try:
        history.add(
            job_id=job_id,
            server=client.url,
            path=inputs[0] if inputs else None,
            output=target,
            further=inputs[1:],
        )
    except OSError as exc:
        client.warn(
            f"job {job_id} cannot be recorded on this machine, so `last` will not find it: "
            f"{exc.filename}: {exc.strerror}"
        )
