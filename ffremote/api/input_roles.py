"""Checks stored uploads against the roles that a job gives them."""

import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from ffremote.db.models import Upload, UploadState
from ffremote.depot import keys
from ffremote.depot.protocol import Depot
from ffremote.errors import FileTooLarge, UnsupportedMediaType
from ffremote.files import first_bytes
from ffremote.files.storage import Storage
from ffremote.spec import JobSpec


def check_roles(storage: Storage, spec: JobSpec, uploads: Sequence[Upload]) -> None:
    """Raise UnsupportedMediaType or FileTooLarge for an upload that is not what its role says.

    The first bytes of an upload that still arrives are checked by the worker.
    """
    for number, (source, upload) in enumerate(zip(spec.sources, uploads, strict=True)):
        field = f"{spec.source_field(number)}.role"
        try:
            first_bytes.refuse_large(upload.bytes_expected or 0, source.role)
            if upload.state is UploadState.COMPLETE:
                head = _head_of_upload(storage.holding(upload.object), upload.id)
                first_bytes.refuse_unfit(head, source)
        except FileTooLarge as exc:
            raise FileTooLarge(exc.message, **{**exc.details, "field": field}) from exc
        except UnsupportedMediaType as exc:
            raise UnsupportedMediaType(f"{exc.message} ({field})", field=field) from exc
        except FileNotFoundError:
            continue  # removed since its row was read; its job is refused or fails


def _head_of_upload(depot: Depot, upload_id: str) -> bytes:
    with closing(depot.open(keys.upload(upload_id), 0, first_bytes.SNIFF_BYTES)) as part:
        return part.read()


def head_of(path: Path) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb", buffering=0) as file:
        return os.read(file.fileno(), first_bytes.SNIFF_BYTES)
