"""Deletes the files of a finished job from the server."""

from ...client.client import Client
from ...errors import ClientError, Refused


def delete_remote(client: Client, job_id: str) -> None:
    """Delete the result, and the inputs that no other job needs; an error is a warning.

    The work is done: whatever is left expires on the server.
    """
    try:
        client.delete_result(job_id)
        client.delete_uploads(job_id)
    except Refused as exc:
        if exc.code != "UPLOAD_CONFLICT":  # else another job needs the input, and will delete it
            client.warn(f"job {job_id} could not be deleted from the server: {exc}")
    except ClientError as exc:
        client.warn(f"job {job_id} could not be deleted from the server: {exc}")
