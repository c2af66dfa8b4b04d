"""Follows a job on the server, and resumes its upload if that broke off on this machine."""

from collections.abc import Iterator

from ..client.client import Client
from ..client.models import Status
from ..errors import ClientError
from .progress_view import ProgressView
from .worker_watch import WorkerWatch


def follow_job(client: Client, job_id: str, view: ProgressView) -> Iterator[Status]:
    """Show and yield the job's statuses; first resume an upload that broke off on this machine."""

    def on_break(error: ClientError) -> None:
        view.note(retry_note(error))

    watch = WorkerWatch(client)
    for status in client.poll(job_id, on_break=on_break):
        if status.upload is not None and client.resume_upload(
            job_id, on_bytes=view.sent, on_input_bytes=view.sent_input, on_break=on_break
        ):
            yield from follow_job(client, job_id, view)
            return
        if (note := watch.note(status)) is None:
            view.status(status)
        else:
            view.note(note)
        yield status


def retry_note(error: ClientError) -> str:
    """Return the note that a view shows while a request is retried."""
    return f"server unreachable, retrying: {error.message.rpartition(': ')[2]}"
