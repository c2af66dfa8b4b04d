"""Results of an attempt, received from its worker and published as those of a local one.

Each file arrives as `jobs/JOB/TOKEN/NUMBER`. Publishing checks size and sha256 of all, and leaves a
record beside them, so that it can be asked again and the end of the job knows what there is.
"""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import request

from ffremote.depot import keys
from ffremote.depot.protocol import DepotAway
from ffremote.errors import Conflict, InvalidArgument
from ffremote.files.publication import (
    ProducedFile,
    Publication,
    UnexpectedFile,
    publish_files,
)
from ffremote.host.file_system import remove_tree, replace_text
from ffremote.jobs import admission
from ffremote.ledger.values import Claim
from ffremote.ledger.wire import SentFile, SentResults

from ..context import AppContext
from ..ingest.hashing import sha256_of
from ..ingest.request_body import content_length, file_too_large
from ..ingest.tus import UploadLocked
from ..ingest.upload_file import Writer, require_offset
from . import direct
from .held import Watch, lost
from .record import Record, other_bytes

RECORD = "published.json"
ONE = "Behind several servers, the proxy must send all calls of a claim to one of them."


class AlreadyPublished(Conflict):
    """The results of the attempt are published, so no more bytes are taken."""

    code = "UPLOAD_CONFLICT"


def offset_of(context: AppContext, claim: Claim, number: int) -> int:
    """Return how many bytes of a result have arrived."""
    try:
        return _path(context, claim, number).stat().st_size
    except FileNotFoundError:
        return 0


def receive(context: AppContext, claim: Claim, number: int, *, offset: int) -> int:
    """Append the body of the current request to a result; return the new size in bytes."""
    length, limit = content_length(), context.settings.max_output_bytes
    if offset + length > limit:
        raise file_too_large(offset + length, limit)
    admission.require_free_space(context.storage, context.settings, length)
    directory = _open_directory(context, claim)
    with _shared(directory, fcntl.LOCK_SH):
        if (directory / RECORD).exists():
            raise AlreadyPublished("The results of this attempt are published already.")
        path = _path(context, claim, number)
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600))
        name, stream = _name(claim, number), request.environ["wsgi.input"]
        with context.takeover.writer(name, path, stream) as writer:
            require_offset(writer, offset)
            _append(context, claim, name, writer, length)
            return writer.size


def _append(context: AppContext, claim: Claim, name: str, writer: Writer, length: int) -> None:
    digest = hashlib.sha256() if writer.size == 0 else context.digests.pop(name, writer.size)
    try:
        writer.append(
            request.environ["wsgi.input"],
            length=length,
            checksum=None,
            digest=digest,
            check_head=lambda _head: None,
            on_progress=Watch(claim),
        )
    finally:
        context.digests.store(name, writer.hashed, digest)


def publish(context: AppContext, claim: Claim, sent: SentResults) -> Record:
    """Check the received files and keep them in the depot; asked again, return the same.

    Raise InvalidArgument for files that are not as they were announced; they are removed then.
    """
    total, limit = sum(each.bytes for each in sent.files), context.settings.max_output_bytes
    if total > limit:
        raise file_too_large(total, limit)
    directory = _open_directory(context, claim)
    with _shared(directory, fcntl.LOCK_EX):
        found = recorded(context, claim)
        if found is not None:
            return found
        if sent.files[0].upload is not None:
            return direct.keep(context, claim, sent.files[0])
        for number, each in enumerate(sent.files):
            _require_size(context, claim, number, each)
        record = _keep_one(context, claim, sent.files[0]) if sent.is_one else None
        record = record or _keep_all(context, claim, sent.files)
        replace_text(directory / RECORD, record.model_dump_json())
    return record


def recorded(context: AppContext, claim: Claim) -> Record | None:
    """Return what was published for a claim, None if nothing was."""
    try:
        path = context.storage.attempt_dir(claim.job_id, claim.token) / RECORD
        return Record.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None


def _keep_one(context: AppContext, claim: Claim, sent: SentFile) -> Record:
    name, path = _name(claim, 0), _path(context, claim, 0)
    digest = context.digests.pop(name, sent.bytes)
    sha256 = digest.hexdigest() if digest is not None else sha256_of(path)
    if sha256 != sent.sha256:
        path.unlink(missing_ok=True)
        raise other_bytes(0, "sha256")
    storage = context.storage
    kept = storage.publish(claim.job_id, claim.token, f"{claim.token}/0", sha256=sha256)
    named = storage.object_of(keys.of_result(claim.job_id, claim.token, []))
    return Record(bytes=kept.bytes, sha256=kept.sha256, files=[], object=named)


def _keep_all(context: AppContext, claim: Claim, sent: list[SentFile]) -> Record:
    storage = context.storage
    remove_tree(storage.publishing_dir(claim.job_id, claim.token))  # of a call that broke off
    produced = [
        ProducedFile(f"{claim.token}/{number}", each.name, each.content_type, each.duration)
        for number, each in enumerate(sent)
    ]
    try:
        done = publish_files(storage, claim.job_id, claim.token, produced)
    except UnexpectedFile as exc:
        raise InvalidArgument("files", str(exc)) from exc
    except DepotAway:
        _put_back(context, claim, len(sent))
        raise
    _require_hashes(context, claim, sent, done)
    named = storage.object_of(keys.of_result(claim.job_id, claim.token, done.files))
    return Record(
        bytes=done.bytes, sha256=done.archive_sha256, files=list(done.files), object=named
    )


def _put_back(context: AppContext, claim: Claim, files: int) -> None:
    """Put the files where they arrived, so that the next call need not send them again."""
    folder = context.storage.publishing_dir(claim.job_id, claim.token)
    for number in range(files):
        (folder / str(number)).replace(_path(context, claim, number))


def _require_hashes(
    context: AppContext, claim: Claim, sent: list[SentFile], done: Publication
) -> None:
    for number, (wanted, found) in enumerate(zip(sent, done.files, strict=True)):
        if wanted.sha256 != found.sha256:
            context.storage.discard_attempt(claim.job_id, claim.token)
            raise other_bytes(number, "sha256")


def _require_size(context: AppContext, claim: Claim, number: int, sent: SentFile) -> None:
    found = offset_of(context, claim, number)
    if sent.bytes and not found:
        name = f"files[{number}].bytes"
        raise InvalidArgument(name, f"{name}: nothing of it has arrived at this server. {ONE}")
    if found != sent.bytes:
        raise other_bytes(number, "bytes")


def _open_directory(context: AppContext, claim: Claim) -> Path:
    """Create and return the directory of the attempt."""
    directory = context.storage.attempt_dir(claim.job_id, claim.token)
    for each in (directory.parent, directory):
        each.mkdir(mode=0o700, exist_ok=True)
    return directory


@contextmanager
def _shared(directory: Path, kind: int) -> Iterator[None]:
    """Lock an attempt: its files arrive side by side, but not while they are published.

    Raise UploadLocked when it is locked, ClaimLost when it is gone.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except FileNotFoundError as exc:
        raise lost() from exc
    try:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            raise UploadLocked("Another request works on these results; ask again.") from exc
        yield
    finally:
        os.close(descriptor)


def _path(context: AppContext, claim: Claim, number: int) -> Path:
    return context.storage.attempt_dir(claim.job_id, claim.token) / str(number)


def _name(claim: Claim, number: int) -> str:
    """Return the name of a result among all uploads of this process."""
    return f"{claim.token}/{number}"
