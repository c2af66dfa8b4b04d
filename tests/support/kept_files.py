"""The files that the local depot keeps, as paths for tests."""

from pathlib import Path

from ffremote.depot import keys
from ffremote.files.storage import Storage


def upload_path(storage: Storage, upload_id: str) -> Path:
    """Return the path of a finished upload."""
    return storage.root / keys.upload(upload_id)


def result_path(storage: Storage, job_id: str, token: str) -> Path:
    """Return the path of a published result."""
    return storage.root / keys.result(job_id, token)


def files_path(storage: Storage, job_id: str, token: str) -> Path:
    """Return the directory of several published files."""
    return storage.root / keys.files_folder(job_id, token)
