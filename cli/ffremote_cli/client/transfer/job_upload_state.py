"""The uploads of jobs with several inputs, remembered on disk until all of them are complete."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Self

from .input_files import InputFiles
from .upload_state import UploadRecord, UploadStateStore


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job on the server with its uploads, each file once.

    The names of the fields are the keys of the files on disk.
    """

    uploads: tuple[UploadRecord, ...]
    idempotency_key: str
    """The key of the request that creates the job, so that a repeated request creates one job."""
    job_id: str = ""
    """Empty until the job is created."""

    @classmethod
    def from_json(cls, fields: Mapping[str, Any]) -> Self | None:
        """Read the file on disk; return None if it is not one of such a job."""
        try:
            uploads = tuple(UploadRecord(**each) for each in fields["uploads"])
            return cls(uploads, str(fields["idempotency_key"]), str(fields["job_id"]))
        except (KeyError, TypeError):
            return None


def find_job(store: UploadStateStore, key: str) -> JobRecord | None:
    """Return the record of an earlier run, or None."""
    return JobRecord.from_json(store.read(key))


def put_job(store: UploadStateStore, key: str, record: JobRecord) -> None:
    """Store the record."""
    store.write(key, asdict(record))


def record_of_job(store: UploadStateStore, job_id: str) -> tuple[str, JobRecord] | None:
    """Return key and record of a job whose uploads began here and are not complete."""
    for key in store.all_keys():
        record = find_job(store, key)
        if record is not None and record.job_id == job_id:
            return key, record
    return None


def key_of_inputs(server: str, inputs: InputFiles, job: str) -> str:
    """Return a key that is equal for the same unchanged inputs, job and server."""
    files = [[each.location, each.size, each.mtime_ns] for each in inputs.files]
    identity = [server, files, inputs.order, job]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:32]
